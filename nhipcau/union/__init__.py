"""Who is who: contacts, units, members, officers, consent, audit."""
