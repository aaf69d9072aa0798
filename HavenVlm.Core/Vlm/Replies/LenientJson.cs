using System.Buffers;
using System.Text;
using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>
/// Reads what models write for JSON that is none: Python literals, keys without quotes, single quotes, quotes and line breaks within a text,
/// missing commas, <c>0,9</c>, <c>9/10</c>. A word without quotes is a value only when it can be one.
/// </summary>
/// <param name="utf8">The text from the opening bracket on.</param>
/// <param name="isValue">Whether a word without quotes is a value: a tag, a verdict, a confidence.</param>
internal ref struct LenientJson(ReadOnlySpan<byte> utf8, Func<string, bool> isValue)
{
    private const int Deepest = 64;
    private const int LongestWord = 128;

    private readonly ReadOnlySpan<byte> _utf8 = utf8;
    private readonly Func<string, bool> _isValue = isValue;
    private readonly ArrayBufferWriter<byte> _json = new();
    private int _at;

    /// <summary>Whether the text ends in the midst of the value.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether a bracket may begin such a value: cheap, because most brackets in prose do not.</summary>
    public static bool MayStart(ReadOnlySpan<byte> utf8)
    {
        var inner = utf8[1..].TrimStart(" \t\r\n"u8);
        if (inner.Length == 0)
        {
            return false;
        }

        if (utf8[0] == (byte)'[')
        {
            return inner[0] is (byte)'\'' or (byte)'(' || (inner[0] == (byte)'{' && inner.Length > 1 && MayStart(inner));
        }

        if (inner[0] is (byte)'\'')
        {
            return true;
        }

        var name = 0;
        while (name < Math.Min(inner.Length, LongestWord) && IsNamePart(inner[name]))
        {
            name++;
        }

        return name > 0 && inner[name..].TrimStart(" \t"u8) is [(byte)':', ..];
    }

    /// <summary>The value and its length in the text; null when it is none.</summary>
    public (JsonElement Json, int Length)? Read()
    {
        if (!Value(depth: 0))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(_json.WrittenMemory);
            return (document.RootElement.Clone(), _at);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsNamePart(byte b) => b is (byte)'_' or (byte)'-' or >= 0x80 || char.IsAsciiLetterOrDigit((char)b);

    private bool Value(int depth)
    {
        if (depth > Deepest || !Skip())
        {
            return false;
        }

        return _utf8[_at] switch
        {
            (byte)'{' => Members(depth),
            (byte)'[' => Items(depth, (byte)']'),
            (byte)'(' => Items(depth, (byte)')'),
            (byte)'"' or (byte)'\'' => Quoted(isName: false),
            _ => Bare(),
        };
    }

    private bool Members(int depth)
    {
        _at++;
        Write("{"u8);
        for (var count = 0; ; count++)
        {
            if (!SkipSeparators())
            {
                return false;
            }

            if (_utf8[_at] == (byte)'}')
            {
                _at++;
                Write("}"u8);
                return true;
            }

            if (count > 0)
            {
                Write(","u8);
            }

            if (!(_utf8[_at] is (byte)'"' or (byte)'\'' ? Quoted(isName: true) : Name()) || !Skip() || _utf8[_at] != (byte)':')
            {
                return false;
            }

            _at++;
            Write(":"u8);
            if (!Value(depth + 1))
            {
                return false;
            }
        }
    }

    private bool Items(int depth, byte close)
    {
        _at++;
        Write("["u8);
        for (var count = 0; ; count++)
        {
            if (!SkipSeparators())
            {
                return false;
            }

            if (_utf8[_at] == close)
            {
                _at++;
                Write("]"u8);
                return true;
            }

            if (count > 0)
            {
                Write(","u8);
            }

            if (!Value(depth + 1))
            {
                return false;
            }
        }
    }

    private bool Name()
    {
        var start = _at;
        while (_at < _utf8.Length && IsNamePart(_utf8[_at]))
        {
            _at++;
        }

        IsCut |= _at == _utf8.Length;
        WriteText(_utf8[start.._at]);
        return _at > start && _at < _utf8.Length;
    }

    // A quote ends a text only where something can follow: "it's", "he said "hi" there".
    private bool Quoted(bool isName)
    {
        var quote = _utf8[_at++];
        var text = new ArrayBufferWriter<byte>();
        var hasQuote = false;
        for (; _at < _utf8.Length; _at++)
        {
            var b = _utf8[_at];
            if (b == quote && EndsText(_at + 1))
            {
                _at++;
                WriteText(text.WrittenSpan);
                return true;
            }

            hasQuote |= b == quote;
            if (hasQuote && (isName || b is (byte)'{' or (byte)'}'))
            {
                // It would go on into the next value.
                return false;
            }

            if (b == (byte)'\\' && _at + 1 < _utf8.Length)
            {
                _at++;
                b = _utf8[_at] switch
                {
                    (byte)'n' or (byte)'r' or (byte)'t' => (byte)' ',
                    var escaped => escaped,
                };
            }

            text.Write([b]);
        }

        IsCut = true;
        return false;
    }

    private readonly bool EndsText(int at)
    {
        var rest = _utf8[at..].TrimStart(" \t\r\n"u8);
        return rest.Length == 0
            || rest[0] is (byte)',' or (byte)':' or (byte)'}' or (byte)']' or (byte)')'
            || (rest[0] is (byte)'"' or (byte)'\'' && rest.Length < _utf8.Length - at);
    }

    // A number in any form, a literal of JSON or Python, or a word that can be a value.
    private bool Bare()
    {
        var start = _at;
        while (_at < _utf8.Length && _at - start < LongestWord && !EndsWord())
        {
            _at++;
        }

        if (_at == _utf8.Length)
        {
            IsCut = true;
            return false;
        }

        var word = Encoding.UTF8.GetString(_utf8[start.._at]).Trim();
        switch (word)
        {
            case "":
                return false;
            case "true" or "True" or "TRUE":
                Write("true"u8);
                return true;
            case "false" or "False" or "FALSE":
                Write("false"u8);
                return true;
            case "null" or "None" or "none" or "undefined":
                Write("null"u8);
                return true;
        }

        if (ConfidenceText.Read(word) is null && !_isValue(word))
        {
            return false;
        }

        WriteText(Encoding.UTF8.GetBytes(word));
        return true;
    }

    private readonly bool EndsWord()
    {
        var b = _utf8[_at];
        // "0,9" is one number, in a list "1,2" are two.
        var isDecimalComma =
            b == (byte)','
            && _at > 1
            && _utf8[_at - 1] is (byte)'0' or (byte)'1'
            && _utf8[_at - 2] is (byte)' ' or (byte)':'
            && _at + 1 < _utf8.Length
            && char.IsAsciiDigit((char)_utf8[_at + 1]);
        return !isDecimalComma
            && b is (byte)',' or (byte)'}' or (byte)']' or (byte)')' or (byte)'\n' or (byte)'"' or (byte)'\'' or (byte)'{' or (byte)'[';
    }

    private bool Skip()
    {
        while (_at < _utf8.Length && _utf8[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }

        IsCut |= _at == _utf8.Length;
        return _at < _utf8.Length;
    }

    private bool SkipSeparators()
    {
        while (Skip())
        {
            if (_utf8[_at] != (byte)',')
            {
                return true;
            }

            _at++;
        }

        return false;
    }

    private readonly void Write(ReadOnlySpan<byte> json) => _json.Write(json);

    private readonly void WriteText(ReadOnlySpan<byte> text)
    {
        Write("\""u8);
        Write(JsonEncodedText.Encode(text).EncodedUtf8Bytes);
        Write("\""u8);
    }
}
