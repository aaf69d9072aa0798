using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HavenVlm.Core.Configuration;
using HavenVlm.Functions.Hosting;
using HavenVlm.Functions.Triggers;
using HavenVlm.Tests.Shared;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Functions.Tests;

/// <summary>What the app asks of the host's settings is there.</summary>
public sealed partial class HostSettingsTests
{
    [Fact]
    public void Every_setting_in_a_binding_resolves_from_the_sample_settings()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(AsTheHostReads(SampleSettings())).Build();
        var names = BindingTexts().SelectMany(text => Setting().Matches(text)).Select(match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.False(string.IsNullOrEmpty(settings[name]), $"%{name}% is not in local.settings.sample.json"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0 0 4 * * *")]
    public async Task The_sweep_timer_gets_the_schedule_in_force_or_the_default(string? configured)
    {
        var options = new HavenOptions();
        options = configured is null ? options : options with { Sweep = options.Sweep with { Schedule = configured } };
        var services = new ServiceCollection();
        services.AddSingleton(GeneratedProvider());
        services.AddSingleton(new SettingsSource(options));
        ScheduledFunctions.AddTo(services);
        await using var provider = services.BuildServiceProvider();

        var functions = await provider.GetRequiredService<IFunctionMetadataProvider>().GetFunctionMetadataAsync(AppContext.BaseDirectory);

        Assert.Equal(FunctionTable.All.Count, functions.Length);
        Assert.DoesNotContain(functions, function => function.RawBindings!.Any(binding => Setting().IsMatch(binding)));
        var sweep = Assert.Single(functions, function => function.Name == nameof(SweepTimer));
        var schedules = sweep.RawBindings!.Select(binding => JsonNode.Parse(binding)!["schedule"]?.GetValue<string>());
        Assert.Equal(configured ?? "0 */15 * * * *", Assert.Single(schedules, schedule => schedule is not null));
    }

    [Fact]
    public void Calls_without_a_key_need_no_durable_client() =>
        Assert.All(
            FunctionTable.With<HttpTriggerAttribute>().Where(function => function.Trigger.AuthLevel == AuthorizationLevel.Anonymous),
            function =>
                Assert.DoesNotContain(
                    function.Method.GetParameters(),
                    parameter => parameter.GetCustomAttribute<DurableClientAttribute>() is not null
                )
        );

    [Fact]
    public void The_image_and_the_infrastructure_name_the_host_for_Durable_Functions()
    {
        Assert.Contains("WEBSITE_HOSTNAME=", File.ReadAllText(InRepository("infra/Dockerfile")), StringComparison.Ordinal);
        Assert.Contains("'WEBSITE_HOSTNAME'", File.ReadAllText(InRepository("infra/modules/functions.bicep")), StringComparison.Ordinal);
    }

    private static IEnumerable<string> BindingTexts() =>
        from function in FunctionTable.All
        from parameter in function.Method.GetParameters()
        from attribute in parameter.GetCustomAttributesData()
        from argument in attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(named => named.TypedValue))
        where argument.Value is string
        select (string)argument.Value!;

    private static IFunctionMetadataProvider GeneratedProvider() =>
        (IFunctionMetadataProvider)
            Activator.CreateInstance(
                typeof(SweepTimer)
                    .Assembly.GetTypes()
                    .Single(type => type != typeof(ScheduledFunctions) && type.IsAssignableTo(typeof(IFunctionMetadataProvider)))
            )!;

    private static Dictionary<string, string> SampleSettings() =>
        JsonNode.Parse(File.ReadAllText(InRepository("local.settings.sample.json")))!["Values"]!
            .AsObject()
            .ToDictionary(value => value.Key, value => value.Value!.GetValue<string>(), StringComparer.Ordinal);

    // App settings reach the host as environment variables, of which .NET makes `a:b` from `a__b`.
    private static IEnumerable<KeyValuePair<string, string?>> AsTheHostReads(Dictionary<string, string> settings) =>
        settings.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value));

    private static string InRepository(string file) => Path.Combine(SourceFolder.Root, file);

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Setting();
}
