using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.Schema;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Answers <c>POST /graphql</c> with the statuses and shapes of the real server.</summary>
internal sealed class GraphQlEndpoint(SimulatedStashOptions options, ResolverMap resolvers, StashRequestLog log, MutationInjector injector)
{
    private static readonly object Root = new();
    private readonly StashSchema schema = StashSchema.Of(options.Version);

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.HasJsonContentType())
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, [new GraphQlError("transport not supported")], null);
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
            await WriteAsync(context, StatusCodes.Status400BadRequest, [new GraphQlError(message)], null);
        }
        catch (GraphQlRefusedException refused)
        {
            await WriteAsync(context, StatusCodes.Status422UnprocessableEntity, refused.Errors, null);
        }
        catch (NotSimulatedException missing)
        {
            log.AddNotSimulated(missing.Message);
            await WriteAsync(
                context,
                StatusCodes.Status501NotImplemented,
                [new GraphQlError(missing.Message, Code: "NOT_SIMULATED")],
                null
            );
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
        var source = GraphQlDocumentSource.Parse(request["query"]?.ToString() ?? "");
        new DocumentValidator(schema, options.Version, source).Validate();
        var operation = source.Operation(request["operationName"]?.ToString());
        var variables = new VariableCoercion(schema).Coerce(operation, request["variables"] as JsonObject);
        var mutation = operation.Operation == OperationType.Mutation;
        var rootFields = operation.SelectionSet.Selections.OfType<GraphQLField>().Select(field => field.Name.StringValue).ToList();
        log.Add(new StashRequest(GraphQlDocumentSource.NameOf(operation), mutation, rootFields, variables.ToJsonString(), source.Text));
        var executor = new GraphQlExecutor(schema, resolvers, source, variables, new RequestContext(BaseUrl(context.Request)))
        {
            AroundRootField = mutation ? (field, change) => injector.AroundAsync(field.Name.StringValue, change, context.Abort) : null,
        };
        var data = await executor.ExecuteAsync(operation, Root, context.RequestAborted);
        await WriteAsync(context, StatusCodes.Status200OK, executor.Errors, data);
    }

    private string BaseUrl(HttpRequest request)
    {
        var prefix = request.Headers["X-Forwarded-Prefix"].ToString().TrimEnd('/');
        var scheme = request.Headers["X-Forwarded-Proto"] == "https" ? "https" : "http";
        return (options.ExternalHost.Length > 0 ? options.ExternalHost : $"{scheme}://{request.Host}") + prefix;
    }

    private static Task WriteAsync(HttpContext context, int status, IReadOnlyList<GraphQlError> errors, JsonNode? data)
    {
        context.Response.StatusCode = status;
        var reply = new JsonObject();
        if (errors.Count > 0)
        {
            reply["errors"] = new JsonArray([.. errors.Select(error => error.ToJson())]);
        }

        reply["data"] = data;
        return context.Response.WriteAsync(reply.ToJsonString(), context.RequestAborted);
    }
}
