using HavenVlm.Local.Engine.Journal;
using HavenVlm.Tests.Shared;
using Microsoft.Data.Sqlite;

namespace HavenVlm.Local.UnitTests.Engine.Journal;

/// <summary>Journals of other versions, and files that are none.</summary>
public sealed class JournalSchemaTests : IDisposable
{
    private static readonly JournalMigration First = new(1, "CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('kept')");
    private static readonly JournalMigration Second = new(2, "ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7");
    private static readonly JournalMigration Broken = new(3, "ALTER TABLE things ADD COLUMN color TEXT; CREATE TABLE oops (");

    private readonly TempFolder _folder = new();
    private readonly JournalFile _file;

    public JournalSchemaTests() => _file = new JournalFile(_folder.Path);

    public void Dispose()
    {
        _file.Close();
        _folder.Dispose();
    }

    [Fact]
    public void A_new_journal_gets_every_step()
    {
        Prepare(First, Second);

        Assert.Equal("1,2", Scalar("SELECT group_concat(version) FROM schema_versions"));
        Assert.False(File.Exists(_file.FullPath + ".v1"));
    }

    [Fact]
    public void An_older_journal_gets_the_steps_that_it_lacks_and_a_copy_is_kept()
    {
        Prepare(First);

        Prepare(First, Second);

        Assert.Equal("kept", Scalar("SELECT name FROM things WHERE size = 7"));
        using var copy = new SqliteConnection($"Data Source={_file.FullPath}.v1;Pooling=False");
        copy.Open();
        using var command = copy.CreateCommand();
        command.CommandText = "SELECT max(version) FROM schema_versions";
        Assert.Equal(1L, command.ExecuteScalar());
    }

    [Fact]
    public void A_step_that_fails_leaves_the_journal_as_it_was()
    {
        Prepare(First, Second);

        Assert.Throws<JournalException>(() => Prepare(First, Second, Broken));

        Assert.Equal("1,2", Scalar("SELECT group_concat(version) FROM schema_versions"));
        Assert.Equal("0", Scalar("SELECT count(*) FROM pragma_table_info('things') WHERE name = 'color'"));
    }

    [Fact]
    public void A_newer_journal_is_refused()
    {
        Prepare(First, Second);

        var e = Assert.Throws<JournalException>(() => Prepare(First));

        Assert.Equal(
            $"The journal {_file.FullPath} was written by a newer Haven VLM (its schema is version 2, this program knows 1). "
                + "Use the newer program, or another storage.dataDir.",
            e.Message
        );
    }

    [Fact]
    public void The_released_steps_count_up_from_one() =>
        Assert.Equal(Enumerable.Range(1, JournalSchema.Migrations.Count), JournalSchema.Migrations.Select(m => m.Version));

    [Fact]
    public void A_file_that_is_no_journal_is_refused_with_what_to_do()
    {
        File.WriteAllText(_file.FullPath, new string('x', 8192));

        var e = Assert.Throws<JournalException>(() => Prepare(First));

        Assert.StartsWith($"The journal {_file.FullPath} is damaged", e.Message, StringComparison.Ordinal);
        Assert.Contains("Move it away", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_an_invalid_folder_by_name()
    {
        var path = Path.Combine(_folder.Path, "file");
        File.WriteAllText(path, "");

        var e = Assert.Throws<JournalException>(() => new JournalFile(path).Prepare([First], DateTimeOffset.UnixEpoch));

        Assert.StartsWith($"The data folder {path} cannot be used", e.Message, StringComparison.Ordinal);
    }

    private void Prepare(params JournalMigration[] migrations) => _file.Prepare(migrations, DateTimeOffset.UnixEpoch);

    private string? Scalar(string sql)
    {
        using var connection = _file.OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
