using HavenVlm.Core.Configuration;
using HavenVlm.Functions.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    await builder.AddHavenAsync(CancellationToken.None);
    await builder.Build().RunAsync();
    return 0;
}
catch (Exception e) when (e is ConfigurationException or InvalidOperationException)
{
    // What is wrong with the settings, all of it at once, and nothing else: the host shows it in its log.
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
