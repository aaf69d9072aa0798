namespace HavenVlm.Core.Configuration.Import;

/// <summary>Cuts Python source into pieces, in one pass and whatever is in it.</summary>
internal sealed class PythonTokenizer
{
    private static readonly string[] Signs = ["**=", "//=", "...", "->", ":=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "**", "//"];
    private readonly string _source;
    private readonly List<PythonToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _indent;
    private int _depth;

    private PythonTokenizer(string source) => _source = source;

    /// <summary>The pieces, an end last.</summary>
    public static IReadOnlyList<PythonToken> Read(string source)
    {
        var tokenizer = new PythonTokenizer(source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'));
        tokenizer.Read();
        return tokenizer._tokens;
    }

    private char Current => _at < _source.Length ? _source[_at] : '\0';

    private void Read()
    {
        ReadIndent();
        while (_at < _source.Length)
        {
            ReadOne();
        }

        Add(PythonTokenKind.LineEnd, "", _line);
        Add(PythonTokenKind.End, "", _line);
    }

    private void ReadOne()
    {
        var c = Current;
        switch (c)
        {
            case '\n':
                EndLine();
                break;
            case ' ' or '\t' or '\f' or '\ufeff':
                _at++;
                break;
            case '#':
                SkipTo('\n');
                break;
            case '\\' when Next(1) == '\n':
                _at += 2;
                _line++;
                break;
            case ';' when _depth == 0:
                Add(PythonTokenKind.LineEnd, "", _line);
                _at++;
                break;
            case '"' or '\'':
                Add(PythonString.Read(_source, ref _at, ref _line, "", out var text), text);
                break;
            default:
                ReadWord(c);
                break;
        }
    }

    private void ReadWord(char c)
    {
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Next(1))))
        {
            Add(PythonTokenKind.Number, Take(IsOfNumber), _line);
        }
        else if (char.IsLetter(c) || c == '_')
        {
            var word = Take(static (_, c) => char.IsLetterOrDigit(c) || c == '_');
            if (Current is '"' or '\'' && PythonString.IsPrefix(word))
            {
                Add(PythonString.Read(_source, ref _at, ref _line, word, out var text), text);
            }
            else
            {
                Add(PythonTokenKind.Name, word, _line);
            }
        }
        else
        {
            ReadSign(c);
        }
    }

    private void ReadSign(char c)
    {
        var sign = Array.Find(Signs, s => string.CompareOrdinal(_source, _at, s, 0, s.Length) == 0) ?? c.ToString();
        _depth = c switch
        {
            '(' or '[' or '{' => _depth + 1,
            ')' or ']' or '}' => Math.Max(0, _depth - 1),
            _ => _depth,
        };
        Add(char.IsPunctuation(c) || char.IsSymbol(c) ? PythonTokenKind.Sign : PythonTokenKind.Unreadable, sign, _line);
        _at += sign.Length;
    }

    // 1e-5 has a sign in it, 1-5 is two numbers.
    private static bool IsOfNumber(char before, char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or '_' || (c is '+' or '-' && before is 'e' or 'E');

    private void EndLine()
    {
        if (_depth == 0)
        {
            Add(PythonTokenKind.LineEnd, "", _line);
        }

        _at++;
        _line++;
        if (_depth == 0)
        {
            ReadIndent();
        }
    }

    private void ReadIndent()
    {
        _indent = 0;
        while (Current is ' ' or '\t')
        {
            _indent++;
            _at++;
        }
    }

    private string Take(Func<char, char, bool> belongs)
    {
        var start = _at++;
        while (_at < _source.Length && belongs(_source[_at - 1], _source[_at]))
        {
            _at++;
        }

        return _source[start.._at];
    }

    private void SkipTo(char end)
    {
        var found = _source.IndexOf(end, _at);
        _at = found < 0 ? _source.Length : found;
    }

    private char Next(int ahead) => _at + ahead < _source.Length ? _source[_at + ahead] : '\0';

    private void Add(bool isReadable, (string Text, int Line) text) =>
        Add(isReadable ? PythonTokenKind.Text : PythonTokenKind.Unreadable, text.Text, text.Line);

    private void Add(PythonTokenKind kind, string text, int line) => _tokens.Add(new PythonToken(kind, text, line, _indent));
}
