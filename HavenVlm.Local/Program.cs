using HavenVlm.Local.Commands;

return await CommandLine.RunAsync(args, CommandContext.OfProcess());
