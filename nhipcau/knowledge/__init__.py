"""What the union knows: curated answers, search, dated figures with their citations."""
