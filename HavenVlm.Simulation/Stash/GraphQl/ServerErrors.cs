using System.Text.RegularExpressions;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQL.Utilities;
using GraphQL.Validation;
using GraphQL.Validation.Errors;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Errors of the library as those of the server: gqlparser's messages, codes and paths.</summary>
internal static partial class ServerErrors
{
    private const string ValidationFailed = "GRAPHQL_VALIDATION_FAILED";
    private const string ParseFailed = "GRAPHQL_PARSE_FAILED";

    private static readonly (Regex Theirs, string Ours)[] Words =
    [
        (UnknownArgument(), "Unknown argument \"${a}\" on field \"${c}.${b}\".${d}"),
        (NeedlessSelection(), "Field \"${a}\" must not have a selection since type \"${b}\" has no subfields."),
        (MissingSelection(), "Field \"${a}\" of type \"${b}\" must have a selection of subfields. Did you mean \"${a} { ... }\"?"),
        (MissingArgument(), "Field \"${c}\" argument \"${a}\" of type \"${b}\" is required, but it was not provided."),
        (UnknownType(), "Unknown type \"${a}\".${b}"),
        (NotAnInput(), "Variable \"$$${a}\" cannot be non-input type \"${b}\"."),
        (Conflict(), "Fields \"${a}\" conflict because ${b}"),
    ];

    /// <summary>What resolvers refuse, with the place in the reply alone.</summary>
    public static ExecutionErrors OfResolvers(ExecutionErrors errors)
    {
        var result = new ExecutionErrors();
        result.AddRange(errors.Select(error => new ExecutionError(error.Message) { Path = error.Path }));
        return result;
    }

    /// <summary>What is said of a request that is refused before anything runs.</summary>
    public static ExecutionErrors Refusal(ExecutionErrors errors, ISchema schema)
    {
        var result = new ExecutionErrors();
        foreach (var error in errors.OrderBy(error => error is not KnownTypeNamesError))
        {
            if (error is InvalidVariableError)
            {
                // The server stops at the first one.
                result.Add(OfVariable(error));
                break;
            }

            var refusal = new ExecutionError(Reword(WithoutInterfaces(error.Message, schema)))
            {
                Code = error is GraphQL.Execution.SyntaxError ? ParseFailed : ValidationFailed,
            };
            foreach (var location in error.Locations ?? [])
            {
                refusal.AddLocation(location);
            }

            result.Add(refusal);
        }

        return result;
    }

    /// <summary>The server suggests objects alone where a field is asked of one of several types.</summary>
    private static string WithoutInterfaces(string message, ISchema schema)
    {
        const string Lead = " Did you mean to use an inline fragment on ";
        var at = message.IndexOf(Lead, StringComparison.Ordinal);
        if (at < 0)
        {
            return message;
        }

        var names = Step()
            .Matches(message[(at + Lead.Length)..])
            .Select(match => match.Value)
            .Where(name => schema.AllTypes[name] is IObjectGraphType);
        return $"{message[..at]}{Lead}{StringUtils.QuotedOrList([.. names])}?";
    }

    private static string Reword(string message)
    {
        foreach (var (theirs, ours) in Words)
        {
            if (theirs.IsMatch(message))
            {
                return theirs.Replace(message, ours).Replace('\'', '"');
            }
        }

        return message.Replace('\'', '"');
    }

    private static ExecutionError OfVariable(ExecutionError error)
    {
        var match = Variable().Match(error.Message);
        var path = new List<object> { "variable" };
        foreach (var step in Step().Matches(match.Groups["path"].Value).Select(step => step.Value))
        {
            path.Add(int.TryParse(step, out var index) ? index : step);
        }

        var reason = match.Groups["reason"].Value;
        string message;
        if (Unrecognized().Match(reason) is { Success: true } unknown)
        {
            path.Add(unknown.Groups["name"].Value);
            message = "unknown field";
        }
        else if (NotAnObject().Match(reason) is { Success: true } scalar)
        {
            message = $"must be a {scalar.Groups["type"].Value}";
        }
        else
        {
            message =
                reason.StartsWith("Received a null", StringComparison.Ordinal) ? "cannot be null"
                : reason.StartsWith("No value provided", StringComparison.Ordinal) ? "must be defined"
                : error.InnerException?.Message ?? reason;
        }

        return new ExecutionError(message) { Path = path, Code = ValidationFailed };
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"^Unknown argument '(?<a>\w+)' on field '(?<b>\w+)' of type '(?<c>\w+)'\.(?<d>.*)$", Options, 1000)]
    private static partial Regex UnknownArgument();

    [GeneratedRegex(@"^Field '?(?<a>\w+)'? of type '?(?<b>[\w!\[\]]+?)'? must not have a sub selection\.?$", Options, 1000)]
    private static partial Regex NeedlessSelection();

    [GeneratedRegex(@"^Field '?(?<a>\w+)'? of type '?(?<b>[\w!\[\]]+?)'? must have a sub selection\.?$", Options, 1000)]
    private static partial Regex MissingSelection();

    [GeneratedRegex(@"^Argument '(?<a>\w+)' of type '(?<b>[^']+)' is required for \w+ '(?<c>\w+)' but not provided\.$", Options, 1000)]
    private static partial Regex MissingArgument();

    [GeneratedRegex(@"^Unknown type '?(?<a>\w+)'?\.(?<b>.*)$", Options, 1000)]
    private static partial Regex UnknownType();

    [GeneratedRegex(@"^Variable '\$?(?<a>\w+)' cannot be non-input type '(?<b>[^']+)'\.$", Options, 1000)]
    private static partial Regex NotAnInput();

    [GeneratedRegex(@"^Fields '?(?<a>\w+)'? conflicts? because (?<b>.*)$", Options, 1000)]
    private static partial Regex Conflict();

    [GeneratedRegex(@"^Variable '\$(?<path>[^']+)' is invalid\. (?<reason>.*)$", Options, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\w+", Options, 1000)]
    private static partial Regex Step();

    [GeneratedRegex("^Unrecognized input fields '(?<name>[^']+)'", Options, 1000)]
    private static partial Regex Unrecognized();

    [GeneratedRegex("^Unable to parse input as a '(?<type>[^']+)'", Options, 1000)]
    private static partial Regex NotAnObject();
}

/// <summary>Shows message, path, places and code, and nothing of the library's own.</summary>
internal sealed class ServerErrorInfo : ErrorInfoProvider
{
    public override ErrorInfo GetInfo(ExecutionError executionError) =>
        new()
        {
            Message = executionError.Message,
            Extensions = executionError.Code is { } code
                ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code }
                : null,
        };
}
