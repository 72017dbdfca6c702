//! What operators see: JSON logs, and traces to an OpenTelemetry collector where one is configured.

use http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};
use url::Url;

use crate::config::Env;

/// How a process speaks to its operator.
#[derive(Clone, Debug)]
pub(crate) struct TelemetryConfig {
    filter: String,
    human: bool,
    collector: Option<Url>,
}

impl TelemetryConfig {
    pub(crate) fn from_env(env: &Env<'_>) -> Self {
        let filter = env.text("PHOTURE_LOG").unwrap_or_else(|| "info".into());
        if let Err(error) = EnvFilter::try_new(&filter) {
            env.fault(
                "PHOTURE_LOG",
                format_args!("{filter:?} is no log filter: {error}"),
            );
        }
        let format = env.text("PHOTURE_LOG_FORMAT").unwrap_or_else(|| "json".into());
        if !matches!(format.as_str(), "json" | "text") {
            env.fault(
                "PHOTURE_LOG_FORMAT",
                format_args!("{format:?} is neither json nor text"),
            );
        }
        Self {
            filter,
            human: format == "text",
            collector: env.http_url("PHOTURE_OTLP_ENDPOINT"),
        }
    }
}

/// Flushes what is left when it goes.
#[derive(Debug)]
pub(crate) struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.take().map(|provider| provider.shutdown()) {
            tracing::warn!(cause = %error, "traces left behind");
        }
    }
}

pub(crate) fn start(service: &'static str, config: &TelemetryConfig) -> Telemetry {
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let provider = config
        .collector
        .as_ref()
        .and_then(|collector| tracer_provider(service, collector));
    let traces = provider
        .as_ref()
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("photure")));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if config.human {
        lines.compact().with_target(false).boxed()
    } else {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .boxed()
    };
    // A second start in one process (tests) keeps the first subscriber.
    let _ = tracing_subscriber::registry()
        .with(traces)
        .with(lines.with_filter(filter))
        .try_init();
    Telemetry(provider)
}

fn tracer_provider(service: &'static str, collector: &Url) -> Option<SdkTracerProvider> {
    let endpoint = format!("{}/v1/traces", collector.as_str().trim_end_matches('/'));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(endpoint)
        .build()
        .ok()?;
    let resource = Resource::builder()
        .with_service_name(format!("photure-{service}"))
        .build();
    Some(
        SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build(),
    )
}

/// The caller's trace becomes the parent of `span` (W3C Trace Context).
pub(crate) fn adopt_trace(span: &Span, headers: &HeaderMap) {
    if headers.contains_key("traceparent") {
        let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        let _ = span.set_parent(context);
    }
}

pub(crate) fn inject_trace(headers: &mut HeaderMap) {
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut HeaderInjector(headers));
}
