namespace HavenVlm.Core.Configuration.Import;

/// <summary>The names that a Python file gives plain values at its top level, and the lines of everything else. Nothing is ever run.</summary>
internal sealed class PythonAssignments
{
    private static readonly string[] Changing = ["+=", "-=", "*=", "/=", "**=", "//=", "[", "."];
    private readonly IReadOnlyList<PythonToken> _tokens;
    private readonly Dictionary<string, PythonValue> _names = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _code = [];
    private readonly SortedSet<int> _unread = [];
    private readonly PythonExpressions _expressions;

    private PythonAssignments(string source)
    {
        _tokens = PythonTokenizer.Read(source);
        _expressions = new PythonExpressions(_tokens, _names);
    }

    /// <summary>The names and their values, the last one of each.</summary>
    public IReadOnlyDictionary<string, PythonValue> Names => _names;

    /// <summary>Lines of code: imports, functions, classes, conditions.</summary>
    public IReadOnlyCollection<int> Code => _code;

    /// <summary>Lines on which a value stands, or is changed, in a way that is not plain.</summary>
    public IReadOnlyCollection<int> Unread => _unread;

    /// <summary>Names that other values were made of.</summary>
    public IReadOnlySet<string> Used => _expressions.Used;

    /// <summary>Reads a file.</summary>
    public static PythonAssignments Read(string source)
    {
        var assignments = new PythonAssignments(source);
        assignments.Read();
        return assignments;
    }

    private void Read()
    {
        for (var start = 0; start < _tokens.Count && _tokens[start].Kind != PythonTokenKind.End; )
        {
            var end = start;
            while (_tokens[end].Kind != PythonTokenKind.LineEnd)
            {
                end++;
            }

            if (end > start)
            {
                Statement(start, end);
            }

            start = end + 1;
        }

        _unread.UnionWith(_expressions.Unread);
    }

    private void Statement(int start, int end)
    {
        var first = _tokens[start];
        if (first.Indent == 0 && Targets(start, end) is { Count: > 0 } targets)
        {
            var value = _expressions.Item(0);
            if (_expressions.At < end)
            {
                _unread.Add(first.Line);
                value = new PythonUnread(first.Line);
            }

            targets.ForEach(name => _names[name] = value with { Line = first.Line });
        }
        else if (first.Indent == 0 && first.Kind == PythonTokenKind.Name && _names.ContainsKey(first.Text) && Changes(_tokens[start + 1]))
        {
            // What it was before is not what it is when the plugin runs.
            _unread.Add(first.Line);
            _names[first.Text] = new PythonUnread(first.Line);
        }
        else if (first.Kind != PythonTokenKind.Text)
        {
            for (var i = start; i < end; i++)
            {
                _code.Add(_tokens[i].Line);
            }
        }
    }

    /// <summary>The names before the last =, and moves behind it; none when it is no plain assignment.</summary>
    private List<string> Targets(int start, int end)
    {
        var names = new List<string>();
        var at = start;
        while (at + 1 < end && _tokens[at].Kind == PythonTokenKind.Name)
        {
            var equals = at + 1;
            if (_tokens[equals].Is(":"))
            {
                // NAME: type = value
                while (equals < end && !_tokens[equals].Is("="))
                {
                    equals++;
                }
            }

            if (equals >= end || !_tokens[equals].Is("="))
            {
                break;
            }

            names.Add(_tokens[at].Text);
            at = equals + 1;
        }

        _expressions.At = at;
        return names;
    }

    private static bool Changes(PythonToken token) =>
        token.Kind == PythonTokenKind.Sign && Changing.Contains(token.Text, StringComparer.Ordinal);
}
