namespace HavenVlm.Core.Configuration.Binding;

/// <summary>What binding found out besides the options: the mistakes, and where each setting was written.</summary>
internal sealed class BindingReport(ConfigMark whole)
{
    private readonly Dictionary<string, ConfigMark> _marks = new(StringComparer.Ordinal);

    public List<ConfigurationError> Errors { get; } = [];

    /// <summary>Where each setting that was given was written, by its path.</summary>
    public IReadOnlyDictionary<string, ConfigMark> Marks => _marks;

    public void Written(string path, ConfigMark mark) => _marks[path] = mark;

    public void Add(ConfigMark mark, string path, string message) =>
        Errors.Add(new ConfigurationError(mark.Source, mark.Line, path, message));

    /// <summary>A mistake at a setting, wherever it or else its group was written.</summary>
    public void Add(string path, string message)
    {
        for (var at = path; at.Length > 0; at = at[..Math.Max(at.LastIndexOfAny(['.', '[']), 0)])
        {
            if (_marks.TryGetValue(at, out var mark))
            {
                Add(mark, path, message);
                return;
            }
        }

        Add(whole, path, message);
    }
}
