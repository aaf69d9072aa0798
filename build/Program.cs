using HavenVlm.Build;
using HavenVlm.Build.Running;

return await CommandLine.RunAsync(args, Screen.OfProcess(), Repository.Find(AppContext.BaseDirectory));
