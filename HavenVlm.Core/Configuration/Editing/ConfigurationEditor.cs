using System.Text;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration.Binding;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Configuration.Editing;

/// <summary>
/// Writes settings of tags into the configuration file: only these values change, everything else stays to the byte. Nothing is written
/// unless the edited file reads back as exactly what was meant.
/// </summary>
public sealed class ConfigurationEditor
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly string _file;
    private readonly string _name;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly byte[] _content;

    private ConfigurationEditor(string file, string name, IReadOnlyDictionary<string, string> environment, byte[] content)
    {
        _file = file;
        _name = name;
        _environment = environment;
        _content = content;
    }

    /// <summary>Remembers the file as it is now, so that a change by somebody else until <see cref="WriteTagsAsync"/> is noticed.</summary>
    /// <param name="configuration">The configuration that was read.</param>
    /// <param name="environment">The environment that it was read with.</param>
    /// <exception cref="PermanentFailureException">There is no file that could be written.</exception>
    public static ConfigurationEditor Open(LoadedConfiguration configuration, IReadOnlyDictionary<string, string> environment)
    {
        if (configuration.File is not { } file)
        {
            throw new PermanentFailureException("All settings come from the environment: there is no file to write to.");
        }

        // Through a link to the file itself: replacing the link would leave the file as it was.
        var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        return new ConfigurationEditor(target, file, environment, File.ReadAllBytes(target));
    }

    /// <summary>Writes the settings.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="PermanentFailureException">It cannot be done; the message says why and the file is untouched.</exception>
    public async Task<bool> WriteTagsAsync(IReadOnlyList<TagSettingsChange> changes, CancellationToken cancellationToken)
    {
        var hasMark = _content.AsSpan().StartsWith(Encoding.UTF8.Preamble);
        var text = Utf8.GetString(hasMark ? _content.AsSpan(Encoding.UTF8.Preamble.Length) : _content);
        var edited = Edited(text, changes);
        if (edited.Equals(text, StringComparison.Ordinal))
        {
            return false;
        }

        byte[] content = [.. hasMark ? Encoding.UTF8.Preamble : [], .. Utf8.GetBytes(edited)];
        await ReplaceAsync(content, cancellationToken);
        return true;
    }

    private string Edited(string text, IReadOnlyList<TagSettingsChange> changes)
    {
        var before = Load(text);
        RefuseEnvironment(before, changes);
        var expected = Expected(before.Options, changes);
        string edited;
        try
        {
            edited = YamlEditor.Set(text, Wanted(before.Options, changes));
        }
        catch (YamlEditException e)
        {
            throw Refusal(e.Message);
        }

        LoadedConfiguration after;
        try
        {
            after = Load(edited);
        }
        catch (ConfigurationException)
        {
            throw Refusal("it is written in a way that cannot be changed in place");
        }

        return Same(after.Options, expected) ? edited : throw Refusal("a value that is used elsewhere too would change with it");
    }

    private LoadedConfiguration Load(string text) => ConfigurationLoader.LoadText(text, _name, Path.GetDirectoryName(_file)!, _environment);

    private static void RefuseEnvironment(LoadedConfiguration before, IReadOnlyList<TagSettingsChange> changes)
    {
        var paths =
            from change in changes
            from written in change.Written()
            select KeyPath.Child(KeyPath.Child("tags", NameOf(before.Options, change)), written.Key);
        if (paths.FirstOrDefault(path => before.Marks.TryGetValue(path, out var mark) && mark.Line == 0) is { } given)
        {
            throw new PermanentFailureException(
                $"{given} is given by {before.Marks[given].Source}, which takes precedence over the file: change it there. Nothing was written."
            );
        }
    }

    private static string NameOf(HavenOptions options, TagSettingsChange change) =>
        options.Tags.Keys.FirstOrDefault(name => name.Equals(change.Tag, StringComparison.OrdinalIgnoreCase)) ?? change.Tag;

    private static WantedValues Wanted(HavenOptions options, IReadOnlyList<TagSettingsChange> changes)
    {
        var wanted = new WantedValues();
        foreach (var change in changes)
        {
            var tag = wanted.Below("tags").Below(NameOf(options, change));
            foreach (var (key, value) in change.Written())
            {
                tag.Set(key, value);
            }
        }

        return wanted;
    }

    private static HavenOptions Expected(HavenOptions options, IReadOnlyList<TagSettingsChange> changes)
    {
        var tags = new Dictionary<string, TagOptions>(options.Tags, StringComparer.OrdinalIgnoreCase);
        foreach (var change in changes)
        {
            tags[NameOf(options, change)] = change.Apply(tags.GetValueOrDefault(change.Tag) ?? new TagOptions());
        }

        return options with
        {
            Tags = tags,
        };
    }

    private static bool Same(HavenOptions left, HavenOptions right)
    {
        var writer = new OptionsWriter(new Dictionary<string, ConfigMark>(StringComparer.Ordinal), redact: false);
        return writer.Write(Sorted(left)).Equals(writer.Write(Sorted(right)), StringComparison.Ordinal);
    }

    // A new tag may stand anywhere; the order of tags decides nothing but ties.
    private static HavenOptions Sorted(HavenOptions options) =>
        options with
        {
            Tags = options
                .Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)
                .ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.OrdinalIgnoreCase),
        };

    private async Task ReplaceAsync(byte[] content, CancellationToken cancellationToken)
    {
        var fresh = $"{_file}.{Path.GetRandomFileName()}.tmp";
        try
        {
            await WriteAsync(fresh, content, cancellationToken);
            var now = await File.ReadAllBytesAsync(_file, cancellationToken);
            if (!now.AsSpan().SequenceEqual(_content))
            {
                throw new PermanentFailureException($"{_name} was changed by somebody else meanwhile. Nothing was written; run it again.");
            }

            DurableFile.Move(fresh, _file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PermanentFailureException($"{_name} cannot be written: {e.Message} Put the settings in by hand.", e);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    /// <summary>Writes a new file that nobody may read who may not read the old one: there are keys in it.</summary>
    private async Task WriteAsync(string fresh, byte[] content, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(fresh, options);
        await stream.WriteAsync(content, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        RandomAccess.FlushToDisk(stream.SafeFileHandle);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(_file));
        }
    }

    private PermanentFailureException Refusal(string reason) => new($"{_name} was not changed: {reason}. Add the settings by hand.");
}
