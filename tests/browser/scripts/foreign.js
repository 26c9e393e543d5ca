// What the page has asked other hosts for.
return performance.getEntries().map((entry) => entry.name)
  .filter((address) => /^[a-z]+:/.test(address) && !address.startsWith(`${location.origin}/`))
  .map((address) => `asks another host: ${address}`);
