/** Environment variables. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Whether OpenTelemetry's standard environment variables ask for traces. */
export function asksForTraces(variables: Variables): boolean {
  if (variables.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false
  if (variables.OTEL_TRACES_EXPORTER) return variables.OTEL_TRACES_EXPORTER !== 'none'
  return Boolean(variables.OTEL_EXPORTER_OTLP_ENDPOINT || variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
}
