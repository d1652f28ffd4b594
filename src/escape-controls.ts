/**
 * What others have written, on one line that gives a terminal no orders: controls, breaks of lines and marks that turn
 * the direction of writing stand there as JSON writes them. To text that has none it does nothing, so twice is as once.
 */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
