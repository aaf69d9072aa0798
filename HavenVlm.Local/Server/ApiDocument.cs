using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HavenVlm.Local.Server;

/// <summary>The OpenAPI document, from the table of calls.</summary>
internal static class ApiDocument
{
    public const string Path = "/api/openapi.json";

    private const string KeyScheme = "key";

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = HavenJson.Options.PropertyNamingPolicy;
            options.SerializerOptions.NumberHandling = HavenJson.Options.NumberHandling;
            options.SerializerOptions.DefaultIgnoreCondition = HavenJson.Options.DefaultIgnoreCondition;
            foreach (var converter in HavenJson.Options.Converters)
            {
                options.SerializerOptions.Converters.Add(converter);
            }
        });
        return services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer(
                (document, _, _) =>
                {
                    document.Info.Title = "Haven VLM";
                    document.Info.Version = typeof(ApiRoutes).Assembly.GetName().Version?.ToString(3) ?? "";
                    document.Components ??= new OpenApiComponents();
                    document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
                    {
                        [KeyScheme] = new OpenApiSecurityScheme
                        {
                            Type = SecuritySchemeType.ApiKey,
                            In = ParameterLocation.Header,
                            Name = "x-functions-key",
                            Description = "Also taken as the query parameter code.",
                        },
                    };
                    // The address depends on who asks; an address of this machine helps nobody else.
                    document.Servers = [];
                    return Task.CompletedTask;
                }
            );
            options.AddOperationTransformer(DescribeAsync);
        });
    }

    private static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().FirstOrDefault();
        if (route is null)
        {
            return;
        }

        operation.OperationId = route.Name;
        operation.Summary = route.Summary;
        operation.Parameters = [.. Parameters(route)];
        operation.RequestBody = route.RequestType is null
            ? null
            : new OpenApiRequestBody { Content = await ContentAsync(route.RequestType, context, cancellationToken) };
        operation.Responses = new OpenApiResponses
        {
            [$"{route.SuccessStatus}"] = new OpenApiResponse
            {
                Description = "Done or begun",
                Content = route.ResponseType is null ? null : await ContentAsync(route.ResponseType, context, cancellationToken),
            },
            ["default"] = new OpenApiResponse
            {
                Description = "What is wrong and how to fix it",
                Content = await ContentAsync(typeof(Problem), context, cancellationToken, "application/problem+json"),
            },
        };
        if (!route.Anonymous)
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] },
            ];
        }
    }

    private static IEnumerable<OpenApiParameter> Parameters(ApiRoute route)
    {
        foreach (var part in route.Template.Split('/').Where(part => part.StartsWith('{')))
        {
            yield return Parameter(part.Trim('{', '}'), ParameterLocation.Path, isRequired: true);
        }

        foreach (var name in route.QueryParameters)
        {
            yield return Parameter(name, ParameterLocation.Query, isRequired: false);
        }
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation location, bool isRequired) =>
        new()
        {
            Name = name,
            In = location,
            Required = isRequired,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    private static async Task<IDictionary<string, OpenApiMediaType>> ContentAsync(
        Type type,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken,
        string contentType = "application/json"
    ) =>
        new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [contentType] = new() { Schema = await context.GetOrCreateSchemaAsync(type, parameterDescription: null, cancellationToken) },
        };
}
