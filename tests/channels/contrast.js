/* Every visible text and placeholder of the page whose contrast with its ground is under 4.5 (WCAG 2.2, 1.4.3). */
() => {
  const part = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const read = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * part(r / 255) + 0.7152 * part(g / 255) + 0.0722 * part(b / 255);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = read(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const weak = [];
  let seen = 0;
  const weigh = (element, pseudo) => {
    const found = ratio(read(getComputedStyle(element, pseudo).color), ground(element));
    seen += 1;
    if (found < 4.5) weak.push([element.outerHTML.slice(0, 80), pseudo || "", found.toFixed(2)]);
  };
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (own && element.getClientRects().length && !element.matches("script")) weigh(element);
  }
  weigh(document.getElementById("text"), "::placeholder");
  return seen > 10 ? weak : ["too little was seen"];
}
