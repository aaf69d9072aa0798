namespace HavenVlm.Core.Configuration.Import;

/// <summary>What a piece of Python source is.</summary>
internal enum PythonTokenKind
{
    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A number; its text as written.</summary>
    Number,

    /// <summary>A string; its text is the value.</summary>
    Text,

    /// <summary>An operator or bracket.</summary>
    Sign,

    /// <summary>End of a statement.</summary>
    LineEnd,

    /// <summary>Something that is no Python, or a string whose value is not known before it runs.</summary>
    Unreadable,

    /// <summary>End of the file.</summary>
    End,
}

/// <summary>A piece of Python source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Text or value.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Indent">Blanks before the first piece of its line.</param>
internal readonly record struct PythonToken(PythonTokenKind Kind, string Text, int Line, int Indent)
{
    public bool Is(string sign) => Kind == PythonTokenKind.Sign && Text.Equals(sign, StringComparison.Ordinal);
}
