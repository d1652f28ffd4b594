/** What a text becomes once its placeholders are filled in. A mistake never holds a variable's value. */
export type FilledText = { text: string; isFromEnvironment: boolean; mistakes: readonly string[] }

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{/g

/** The same rule for editors: a text with a placeholder may stand wherever a number or a choice is asked for. */
export const placeholderPattern = '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}'

/**
 * Fills `${NAME}` and `${NAME:-text}` in from the environment; an empty variable counts as not set.
 * Each mistake continues a sentence that begins with the member's name.
 */
export function fillPlaceholders(written: string, variables: Record<string, string | undefined>): FilledText {
  const mistakes: string[] = []
  let isFromEnvironment = false
  const text = written.replace(
    placeholder,
    (_whole: string, name: string | undefined, fallback: string | undefined) => {
      isFromEnvironment = true
      if (name === undefined) {
        mistakes.push(`must write a placeholder as \${NAME} or \${NAME:-text}, NAME being letters, digits and _`)
        return ''
      }
      // Without hasOwn, `${constructor}` would find what every object inherits.
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined
      if (value !== undefined && value !== '') return value
      if (fallback === undefined) {
        mistakes.push(
          `needs the environment variable ${name}: set it, or write \${${name}:-text} to have a default, \${${name}:-} to do without`,
        )
      }
      return fallback ?? ''
    },
  )
  return { text, isFromEnvironment, mistakes }
}
