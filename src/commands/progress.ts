/** Of progress that is told to a person. */
const tellEveryMs = 2000

/** Tells how many there are so far, but not more often than a person wants to read it. */
export function tellNowAndThen(tell: (line: string) => void, what: string): (count: number) => void {
  let toldAt = Date.now()
  return (count) => {
    if (Date.now() - toldAt < tellEveryMs) return
    toldAt = Date.now()
    tell(`${count} ${what} …`)
  }
}
