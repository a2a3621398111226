import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

export interface RecordedSpan {
  name: string;
  readonly kind: number | undefined;
  readonly attributes: Attributes;
  readonly own: SpanContext;
  readonly parent: SpanContext | null;
  statusCode: number | null;
  hasEnded: boolean;
}

/** Stands for an SDK that an operator has loaded: keeps every span. */
export class RecordingProvider implements TracerProvider {
  readonly spans: RecordedSpan[] = [];

  getTracer(): Tracer {
    const start = (name: string, options: SpanOptions, context: Context) =>
      this.#start(name, options, context);
    return {
      startSpan: (name, options = {}, context) => {
        if (context === undefined) throw new Error("every span of ours says what it is a child of");
        return start(name, options, context);
      },
      startActiveSpan: () => {
        throw new Error("no span of ours is made active");
      },
    };
  }

  #start(name: string, { kind, attributes }: SpanOptions, context: Context): Span {
    const parent = trace.getSpanContext(context) ?? null;
    const number = (this.spans.length + 1).toString(16);
    const own: SpanContext = {
      ...INVALID_SPAN_CONTEXT,
      traceId: parent?.traceId ?? number.padStart(32, "f"),
      spanId: number.padStart(16, "e"),
      traceFlags: 1,
      ...(parent?.traceState !== undefined && { traceState: parent.traceState }),
    };
    const recorded: RecordedSpan = {
      name,
      kind,
      attributes: { ...attributes },
      own,
      parent,
      statusCode: null,
      hasEnded: false,
    };
    this.spans.push(recorded);
    const span: Span = {
      spanContext: () => own,
      setAttribute: (key, value) => {
        recorded.attributes[key] = value;
        return span;
      },
      setAttributes: (more) => {
        Object.assign(recorded.attributes, more);
        return span;
      },
      updateName: (better) => {
        recorded.name = better;
        return span;
      },
      setStatus: ({ code }) => {
        recorded.statusCode = code;
        return span;
      },
      end: () => {
        recorded.hasEnded = true;
      },
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      isRecording: () => true,
      recordException: () => undefined,
    };
    return span;
  }
}
