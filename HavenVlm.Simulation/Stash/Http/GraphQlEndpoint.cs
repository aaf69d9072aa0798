using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQL;
using GraphQL.Execution;
using GraphQL.SystemTextJson;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.GraphQl;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Answers <c>POST /graphql</c> with the statuses and shapes of the real server.</summary>
internal sealed class GraphQlEndpoint(SimulatedStashOptions options, ResolverMap resolvers, StashRequestLog log, MutationInjector injector)
{
    private static readonly object Root = new();
    private static readonly GraphQLSerializer Serializer = new(new ServerErrorInfo());

    // One field after the other, also in queries: what a test injects happens in a known order.
    private static readonly DocumentExecuter Executer = new(
        new GraphQLDocumentBuilder(),
        new DocumentValidator(),
        new DefaultExecutionStrategySelector([new ExecutionStrategyRegistration(SerialExecutionStrategy.Instance, OperationType.Query)]),
        []
    );

    private readonly ISchema _schema = StashGraph.Of(options.Version);
    private readonly IReadOnlyList<IValidationRule> _rules = StashRules.For(options.Version);
    private readonly QueryCache _cache = new();

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.HasJsonContentType())
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "transport not supported");
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        try
        {
            await RunAsync(context, ReadBody(body));
        }
        catch (JsonException problem)
        {
            var message =
                options.Version >= StashVersion.Release29
                    ? $"json request body could not be decoded: {problem.Message} body:{body}"
                    : $"json body could not be decoded: {problem.Message}";
            await RefuseAsync(context, StatusCodes.Status400BadRequest, message);
        }
        catch (NotSimulatedException missing)
        {
            log.AddNotSimulated(missing.Message);
            await RefuseAsync(context, StatusCodes.Status501NotImplemented, missing.Message, "NOT_SIMULATED");
        }
        catch (ConnectionCutException)
        {
            // There is nobody left to answer.
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
    }

    private static JsonObject ReadBody(string body) => JsonNode.Parse(body) as JsonObject ?? throw new JsonException("not an object");

    private async Task RunAsync(HttpContext context, JsonObject request)
    {
        var variables = (request["variables"] as JsonObject)?.ToJsonString() ?? "{}";
        var query = request["query"]?.ToString() ?? "";
        var known = _cache.Find(query);
        var execution = new ExecutionOptions
        {
            Schema = _schema,
            Query = query,
            Document = known,
            OperationName = request["operationName"]?.ToString(),
            Variables = Serializer.Deserialize<Inputs>(variables),
            Root = Root,
            UserContext = new ServedBy(
                resolvers,
                new RequestContext(BaseUrl(context.Request)),
                (field, change) => injector.AroundAsync(field, change, context.Abort)
            ),
            ValidationRules = known is null ? _rules : [],
            UnhandledExceptionDelegate = OnUnhandledAsync,
            CancellationToken = context.RequestAborted,
        };
        execution.Listeners.Add(new RequestListener(log, _cache, variables));
        var result = await Executer.ExecuteAsync(execution);
        if (!result.Executed)
        {
            if (NotSimulated(result) is { } missing)
            {
                throw missing;
            }

            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            result = new ExecutionResult { Executed = true, Errors = ServerErrors.Refusal(result.Errors!, _schema) };
        }
        else if (result.Errors is { Count: > 0 } errors)
        {
            result.Errors = ServerErrors.OfResolvers(errors);
        }

        await WriteAsync(context, result);
    }

    private static NotSimulatedException? NotSimulated(ExecutionResult result) =>
        result.Errors?.Select(error => error.InnerException).OfType<NotSimulatedException>().FirstOrDefault();

    /// <summary>The library's own refusal of a null becomes the server's; everything else that resolvers throw ends the request.</summary>
    private static Task OnUnhandledAsync(UnhandledExceptionContext context)
    {
        if (context.FieldContext is null || !IsNullRefusal(context.OriginalException))
        {
            ExceptionDispatchInfo.Throw(context.OriginalException);
        }

        context.Exception = new ExecutionError("must not be null");
        return Task.CompletedTask;
    }

    private string BaseUrl(HttpRequest request)
    {
        var prefix = request.Headers["X-Forwarded-Prefix"].ToString().TrimEnd('/');
        var scheme = request.Headers["X-Forwarded-Proto"] == "https" ? "https" : "http";
        return (options.ExternalHost.Length > 0 ? options.ExternalHost : $"{scheme}://{request.Host}") + prefix;
    }

    private static bool IsNullRefusal(Exception problem) =>
        problem is InvalidOperationException
        && problem.Message.StartsWith("Cannot return null for a non-null type", StringComparison.Ordinal);

    private static Task RefuseAsync(HttpContext context, int status, string message, string? code = null)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new ExecutionResult { Executed = true, Errors = [new ExecutionError(message) { Code = code }] });
    }

    private static async Task WriteAsync(HttpContext context, ExecutionResult result) =>
        await context.Response.WriteAsync(Serializer.Serialize(result), context.RequestAborted);

    /// <summary>Keeps a request that is carried out.</summary>
    private sealed class RequestListener(StashRequestLog log, QueryCache cache, string variables) : DocumentExecutionListenerBase
    {
        public override Task BeforeExecutionAsync(IExecutionContext context)
        {
            var (operation, query) = (context.Operation, context.ExecutionOptions.Query!);
            cache.Keep(query, context.Document);
            var fields = operation.SelectionSet.Selections.OfType<GraphQLField>().Select(field => field.Name.StringValue);
            var mutation = operation.Operation == OperationType.Mutation;
            log.Add(new StashRequest(operation.Name?.StringValue ?? "", mutation, [.. fields], variables, query));
            return Task.CompletedTask;
        }
    }
}
