/** The oldest Node that has all that the program is made of: `engines` of package.json. */
const oldest = 24

// The first import of main.ts: on an older Node the rest of them would fail, and say nothing that helps.
if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    `Magicband needs Node ${oldest} or newer, and this is Node ${process.versions.node}. ` +
      'Install the newest LTS from https://nodejs.org, or put one beside Magicband alone: npm install node@26\n',
  )
  process.exit(1)
}
