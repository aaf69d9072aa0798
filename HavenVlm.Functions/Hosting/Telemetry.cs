using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HavenVlm.Functions.Hosting;

/// <summary>
/// Traces, metrics and logs of the worker over OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Application Insights needs nothing
/// here: the Functions host takes the worker's log lines and sends them, with its own requests and dependencies.
/// </summary>
internal static class Telemetry
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "haven-vlm";

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[EndpointVariable]))
        {
            return services;
        }

        services.AddLogging(logging =>
            logging.AddOpenTelemetry(options =>
            {
                options.SetResourceBuilder(Resource());
                options.IncludeFormattedMessage = true;
                options.AddOtlpExporter();
            })
        );
        return services.AddHostedService<Exporters>();
    }

    private static ResourceBuilder Resource() => ResourceBuilder.CreateDefault().AddService(ServiceName).AddEnvironmentVariableDetector();

    private sealed class Exporters : IHostedService
    {
        private TracerProvider? _traces;
        private MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(Resource())
                .AddSource("Microsoft.Azure.Functions.Worker", "Microsoft.DurableTask", "System.Net.Http", "Azure.*")
                .AddOtlpExporter()
                .Build();
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(Resource())
                .AddMeter("System.Runtime", "System.Net.Http")
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            // Disposing sends what is left, for a few seconds at most.
            _traces?.Dispose();
            _metrics?.Dispose();
            return Task.CompletedTask;
        }
    }
}
