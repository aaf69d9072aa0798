using System.Globalization;

namespace HavenVlm.Core.Configuration.Import;

/// <summary>
/// Reads expressions that are plain values: literals, joined strings, arithmetic with numbers, names given before. Everything else is
/// passed over up to where it ends. Time and memory grow with the source only.
/// </summary>
internal sealed class PythonExpressions(IReadOnlyList<PythonToken> tokens, IReadOnlyDictionary<string, PythonValue> names)
{
    private const int MaxDepth = 60;

    // What names of names would grow into.
    private const int MaxSize = 100_000;

    /// <summary>Position of the next piece.</summary>
    public int At { get; set; }

    /// <summary>Lines of what was passed over.</summary>
    public List<int> Unread { get; } = [];

    /// <summary>Names that other values were made of.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    private PythonToken Current => tokens[Math.Min(At, tokens.Count - 1)];

    /// <summary>An expression up to a comma, the end of its bracket or of its line; a key also up to a colon.</summary>
    public PythonValue Item(int depth, bool isKey = false)
    {
        var start = At;
        var value = depth > MaxDepth ? null : Sum(depth);
        if (value is not null && IsBoundary(Current, isKey))
        {
            return value;
        }

        At = start;
        var line = Current.Line;
        Skip(isKey);
        Unread.Add(line);
        return new PythonUnread(line);
    }

    /// <summary>Passes over everything up to where the expression ends.</summary>
    private void Skip(bool isKey)
    {
        for (var depth = 0; Current.Kind is not (PythonTokenKind.LineEnd or PythonTokenKind.End); At++)
        {
            if (depth == 0 && IsBoundary(Current, isKey))
            {
                return;
            }

            depth += IsOpening(Current) ? 1 : 0;
            depth -= IsClosing(Current) ? 1 : 0;
        }
    }

    private PythonValue? Sum(int depth)
    {
        var left = Product(depth);
        while (left is not null && (Current.Is("+") || Current.Is("-")))
        {
            var sign = tokens[At++].Text[0];
            left = Product(depth) is { } right ? Combine(sign, left, right) : null;
        }

        return left;
    }

    private PythonValue? Product(int depth)
    {
        var left = Signed(depth);
        while (left is not null && (Current.Is("*") || Current.Is("/")))
        {
            var sign = tokens[At++].Text[0];
            left = Signed(depth) is { } right ? Combine(sign, left, right) : null;
        }

        return left;
    }

    private PythonValue? Signed(int depth)
    {
        var sign = 1;
        while (Current.Is("-") || Current.Is("+"))
        {
            sign = Current.Is("-") ? -sign : sign;
            At++;
        }

        var value = Atom(depth);
        return sign > 0 ? value
            : value is PythonNumber number ? number with { Value = -number.Value }
            : null;
    }

    private static PythonValue? Combine(char sign, PythonValue left, PythonValue right)
    {
        switch (left, right)
        {
            case (PythonNumber a, PythonNumber b):
                var result = sign switch
                {
                    '+' => a.Value + b.Value,
                    '-' => a.Value - b.Value,
                    '*' => a.Value * b.Value,
                    _ => a.Value / b.Value,
                };
                return double.IsFinite(result) ? a with { Value = result } : null;
            case (PythonText a, PythonText b) when sign == '+' && a.Value.Length + b.Value.Length <= MaxSize:
                return a with { Value = a.Value + b.Value };
            case (PythonList a, PythonList b) when sign == '+' && a.Items.Count + b.Items.Count <= MaxSize:
                return a with { Items = [.. a.Items, .. b.Items] };
            default:
                return null;
        }
    }

    private PythonValue? Atom(int depth)
    {
        var token = Current;
        switch (token.Kind)
        {
            case PythonTokenKind.Text:
                return Texts();
            case PythonTokenKind.Number:
                At++;
                return Number(token);
            case PythonTokenKind.Name:
                At++;
                return Named(token);
            case PythonTokenKind.Sign when token.Text is "(" or "[":
                return List(depth);
            case PythonTokenKind.Sign when token.Text is "{":
                return Map(depth);
            default:
                return null;
        }
    }

    private PythonText Texts()
    {
        var line = Current.Line;
        var parts = new List<string>();
        for (; Current.Kind == PythonTokenKind.Text; At++)
        {
            parts.Add(Current.Text);
        }

        return new PythonText(line, string.Concat(parts));
    }

    private static PythonNumber? Number(PythonToken token)
    {
        var text = token.Text.Replace("_", "", StringComparison.Ordinal);
        var style = text.Length > 2 && text[0] == '0' ? text[1] : ' ';
        if (style is 'x' or 'X' or 'b' or 'B')
        {
            var isWhole = ulong.TryParse(
                text.AsSpan(2),
                style is 'x' or 'X' ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowBinarySpecifier,
                CultureInfo.InvariantCulture,
                out var whole
            );
            return isWhole ? new PythonNumber(token.Line, whole) : null;
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? new PythonNumber(token.Line, number)
            : null;
    }

    private PythonValue? Named(PythonToken token) =>
        token.Text switch
        {
            "True" => new PythonBoolean(token.Line, Value: true),
            "False" => new PythonBoolean(token.Line, Value: false),
            "None" => new PythonNone(token.Line),
            _ => Known(token),
        };

    private PythonValue? Known(PythonToken token)
    {
        if (!names.TryGetValue(token.Text, out var known) || known is PythonUnread)
        {
            return null;
        }

        _ = Used.Add(token.Text);
        return known with { Line = token.Line };
    }

    private PythonValue? List(int depth)
    {
        var open = tokens[At++];
        var items = new List<PythonValue>();
        var commas = 0;
        while (!IsClosing(Current))
        {
            if (Current.Is("*"))
            {
                At++;
                var spread = Item(depth + 1);
                items.AddRange(spread is PythonList list ? list.Items : [spread]);
            }
            else
            {
                items.Add(Item(depth + 1));
            }

            if (items.Count > MaxSize || !Comma(ref commas))
            {
                return null;
            }
        }

        At++;
        return open.Text is "(" && items.Count == 1 && commas == 0 ? items[0] : new PythonList(open.Line, items);
    }

    private PythonValue? Map(int depth)
    {
        var open = tokens[At++];
        var entries = new List<(PythonValue Key, PythonValue Value)>();
        var items = new List<PythonValue>();
        var commas = 0;
        while (!IsClosing(Current))
        {
            if (Current.Is("**"))
            {
                At++;
                var spread = Item(depth + 1);
                entries.AddRange(spread is PythonMap map ? map.Entries : []);
            }
            else
            {
                var key = Item(depth + 1, isKey: true);
                if (Current.Is(":"))
                {
                    At++;
                    entries.Add((key, Item(depth + 1)));
                }
                else
                {
                    items.Add(key);
                }
            }

            if (entries.Count + items.Count > MaxSize || !Comma(ref commas))
            {
                return null;
            }
        }

        At++;
        return items.Count > 0 ? new PythonList(open.Line, items) : new PythonMap(open.Line, entries);
    }

    /// <summary>Moves behind a comma; false when the list neither goes on nor ends here.</summary>
    private bool Comma(ref int commas)
    {
        if (Current.Is(","))
        {
            At++;
            commas++;
            return true;
        }

        return IsClosing(Current);
    }

    private static bool IsBoundary(PythonToken token, bool isKey) =>
        token.Kind is PythonTokenKind.LineEnd or PythonTokenKind.End || token.Is(",") || (isKey && token.Is(":")) || IsClosing(token);

    private static bool IsOpening(PythonToken token) => token.Kind == PythonTokenKind.Sign && token.Text is "(" or "[" or "{";

    private static bool IsClosing(PythonToken token) => token.Kind == PythonTokenKind.Sign && token.Text is ")" or "]" or "}";
}
