import type { Choice, Completable, Word } from './completion-words.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** The script by which a shell completes these commands. It asks nobody but the folder of the communities. */
export function scriptFor(shell: Shell, commands: readonly Completable[]): string {
  return shell === 'fish' ? fishScript(commands) : `${commonScript(commands)}\n${shell === 'bash' ? bash : zsh}`
}

/** What Bash and Zsh understand both: functions that print words. */
function commonScript(commands: readonly Completable[]): string {
  const branch = (pattern: string, words: string) => `    ${quote(pattern)}) echo ${quote(words)} ;;`
  const list = (words: readonly Word[]) => words.map(({ word }) => word).join(' ')
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ word, value }) => (value === undefined ? [] : [valueBranch(`${path} ${word}`, value)])),
  )
  // Where there is nothing else to type, options are shown without their dash.
  const wordsOf = ({ words, options, takesAnything }: Completable) =>
    list(words.length > 0 || takesAnything ? words : options)
  return `# The words that may follow a command; status 1 where there is no such command.
_magicband_words() {
  case "$1" in
${commands.map((one) => branch(one.path, wordsOf(one))).join('\n')}
    *) return 1 ;;
  esac
}

_magicband_options() {
  case "$1" in
${commands.map(({ path, options }) => branch(path, list(options))).join('\n')}
  esac
}

# What an option of a command takes; status 1 where it takes nothing.
_magicband_values() {
  case "$1" in
${values.join('\n')}
    *) return 1 ;;
  esac
}

_magicband_communities() {
  local name
  for name in $(command ls "\${MAGICBAND_COMMUNITIES:-communities}" 2>/dev/null); do
    case "$name" in
      *.example.yaml) ;;
      *.yaml) echo "\${name%.yaml}" ;;
    esac
  done
}

# The words that may come now, after the words before it: what is typed of it decides between commands and options.
_magicband_candidates() {
  local typed="$1" at='' previous='' word
  shift
  for word in "$@"; do
    if _magicband_words "\${at:+$at }$word" >/dev/null; then at="\${at:+$at }$word"; fi
    previous="$word"
  done
  if _magicband_values "$at $previous"; then return; fi
  case "$typed" in
    -*) _magicband_options "$at" ;;
    *) _magicband_words "$at" ;;
  esac
}
`
}

function valueBranch(pattern: string, value: Choice): string {
  if (value === 'community') return `    ${quote(pattern)}) _magicband_communities ;;`
  return `    ${quote(pattern)}) ${value === 'anything' ? ':' : `echo ${quote(value.words.join(' '))}`} ;;`
}

/** Where no word fits, Bash completes files. */
const bash = `_magicband() {
  local typed="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$(_magicband_candidates "$typed" "\${COMP_WORDS[@]:1:COMP_CWORD-1}")" -- "$typed"))
}
complete -o default -F _magicband magicband`

const zsh = `_magicband() {
  local candidates
  candidates=($(_magicband_candidates "\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}"))
  if ((\${#candidates})); then compadd -- "\${candidates[@]}"; else _files; fi
}
compdef _magicband magicband`

function fishScript(commands: readonly Completable[]): string {
  const paths = commands.map(({ path }) => quote(path)).join(' ')
  const complete = (path: string, what: string, about = '') =>
    `complete -c magicband -n ${quote(`__magicband_at ${quote(path)}`)} ${what}${about === '' ? '' : ` -d ${quote(about)}`}`
  const takes = (value: Choice | undefined) => {
    if (value === undefined) return ''
    if (value === 'anything') return ' -r -F'
    return ` -x -a ${quote(value === 'community' ? '(__magicband_communities)' : value.words.join(' '))}`
  }
  const lines = commands.flatMap(({ path, words, options, takesAnything }) => [
    ...words.map(({ word, about }) => complete(path, `-a ${word}`, about)),
    ...options.map(({ word, about, value }) => complete(path, `-l ${word.replace(/^--/, '')}${takes(value)}`, about)),
    ...(takesAnything ? [complete(path, '-F')] : []),
  ])
  return `# Whether this is the command that is being typed.
function __magicband_at
    set -l at
    for word in (commandline -opc)[2..]
        if contains -- (string trim -- "$at $word") ${paths}
            set at (string trim -- "$at $word")
        end
    end
    test "$at" = "$argv[1]"
end

function __magicband_communities
    set -l folder communities
    set -q MAGICBAND_COMMUNITIES; and set folder $MAGICBAND_COMMUNITIES
    for file in $folder/*.yaml
        string match -q '*.example.yaml' $file; or string replace -r '^.*/(.*)\\.yaml$' '$1' $file
    end
end

complete -c magicband -f
${lines.join('\n')}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
