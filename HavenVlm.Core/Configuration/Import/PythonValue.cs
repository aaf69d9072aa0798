namespace HavenVlm.Core.Configuration.Import;

/// <summary>A value in Python source.</summary>
/// <param name="Line">Where it stands.</param>
internal abstract record PythonValue(int Line)
{
    /// <summary>The value of a key; null when this is no map or has none.</summary>
    public PythonValue? this[string key] =>
        this is PythonMap map
            ? map.Entries.LastOrDefault(entry => entry.Key is PythonText text && text.Value.Equals(key, StringComparison.Ordinal)).Value
            : null;
}

/// <summary>Text.</summary>
internal sealed record PythonText(int Line, string Value) : PythonValue(Line);

/// <summary>A number.</summary>
internal sealed record PythonNumber(int Line, double Value) : PythonValue(Line);

/// <summary>True or False.</summary>
internal sealed record PythonBoolean(int Line, bool Value) : PythonValue(Line);

/// <summary>None.</summary>
internal sealed record PythonNone(int Line) : PythonValue(Line);

/// <summary>A list, tuple or set.</summary>
internal sealed record PythonList(int Line, IReadOnlyList<PythonValue> Items) : PythonValue(Line);

/// <summary>A dict.</summary>
internal sealed record PythonMap(int Line, IReadOnlyList<(PythonValue Key, PythonValue Value)> Entries) : PythonValue(Line);

/// <summary>Something whose value is not known before it runs, and nothing here is ever run.</summary>
internal sealed record PythonUnread(int Line) : PythonValue(Line);
