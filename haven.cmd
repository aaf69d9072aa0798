@echo off
rem The one entry: finds .NET and ffmpeg, builds what changed, runs it. "haven --help" lists the commands. Works from any folder.
rem What contributors run (test, bench, soak, publish) is in build\, a program of its own.
rem Named so that MSBuild, which reads variables as properties, and the settings of the product do not take them for theirs.
setlocal EnableExtensions DisableDelayedExpansion
rem Named so that neither MSBuild, which reads variables as properties, nor the product takes them for its own.
set "_hv_root=%~dp0"
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1

rem Help is a text: it needs neither .NET nor a build.
for %%c in (test bench soak publish) do if /i "%~1"=="%%c" for %%h in (--help -h -?) do if /i "%~2"=="%%h" (
    type "%_hv_root%build\help\%%c.txt"
    exit /b 0
)

pushd "%_hv_root%"
dotnet --version >nul 2>nul
if errorlevel 1 goto :no_dotnet
popd

if /i "%~1"=="test" goto :contributor
if /i "%~1"=="bench" goto :contributor
if /i "%~1"=="soak" goto :contributor
if /i "%~1"=="publish" goto :contributor
set "_hv_first=%~1"
if "%_hv_first%"=="" goto :usage
for %%h in (--help -h -?) do if /i "%_hv_first%"=="%%h" goto :help
if "%_hv_first:~0,1%"=="-" goto :product
for %%c in (config doctor init plugin-package plugin-settings status) do if /i "%_hv_first%"=="%%c" goto :product
call :need_ffmpeg || exit /b 1

:product
call :ensure_haven || exit /b 1
dotnet "%_hv_builds%\%_hv_name%\haven.dll" %*
exit /b %errorlevel%

:contributor
call :ensure build HavenVlm.Build.dll build "build" || (
    if /i "%~1"=="test" echo 0 passed, 1 failed
    exit /b 1
)
dotnet "%_hv_builds%\%_hv_name%\HavenVlm.Build.dll" %*
exit /b %errorlevel%

:help
call :ensure_haven || exit /b 1
dotnet "%_hv_builds%\%_hv_name%\haven.dll" --help
type "%_hv_root%build\help\commands.txt"
exit /b 0

:usage
call :ensure_haven || exit /b 1
dotnet "%_hv_builds%\%_hv_name%\haven.dll"
set "_hv_status=%errorlevel%"
type "%_hv_root%build\help\commands.txt" 1>&2
exit /b %_hv_status%

:ensure_haven
call :ensure haven haven.dll HavenVlm.Local "HavenVlm.Core;HavenVlm.Local;HavenVlm.Simulation;stash-plugin;haven.schema.json"
exit /b %errorlevel%

:ensure
rem Builds the project in folder %3 unless artifacts\%1 holds its program %2, newer than its sources %4; into a folder of its own, so that what
rem runs from an older build keeps its files. On a console, dotnet shows that it is alive.
set "_hv_builds=%_hv_root%artifacts\%~1"
set "_hv_program=%~2"
set "_hv_project=%~3"
set "_hv_sources=%~4;Directory.Build.props;Directory.Packages.props;global.json;.editorconfig"
powershell -NoProfile -ExecutionPolicy Bypass -Command "$current = Join-Path $env:_hv_builds 'current'; if (-not (Test-Path $current)) { exit 1 }; $name = (Get-Content $current -TotalCount 1).Trim(); if (-not (Test-Path (Join-Path $env:_hv_builds ($name + '\' + $env:_hv_program)))) { exit 1 }; $at = (Get-Item $current).LastWriteTimeUtc; $paths = $env:_hv_sources -split ';' | ForEach-Object { Join-Path $env:_hv_root $_ } | Where-Object { Test-Path $_ }; if (Get-ChildItem -LiteralPath $paths -Recurse -Force | Where-Object { $_.FullName -notmatch '\\(bin|obj)(\\|$)' -and $_.LastWriteTimeUtc -gt $at } | Select-Object -First 1) { exit 1 }"
if not errorlevel 1 goto :built
set "_hv_title=Building Haven VLM"
if not "%~1"=="haven" set "_hv_title=Building what this command needs"
if not exist "%_hv_builds%\current" set "_hv_title=%_hv_title%; the first time this takes a minute or two"
echo %_hv_title% ... 1>&2
if not exist "%_hv_builds%" mkdir "%_hv_builds%"
echo started> "%_hv_builds%\started"
pushd "%_hv_root%"
dotnet build "%_hv_project%" -c Release -v quiet --nologo 1>&2
if errorlevel 1 (
    popd
    echo The build failed. 1>&2
    exit /b 1
)
popd
for /f %%t in ('powershell -NoProfile -Command "Get-Date -Format yyyyMMdd-HHmmss"') do set "_hv_name=%%t-%RANDOM%"
xcopy /e /i /q /y "%_hv_root%%_hv_project%\bin\Release\net10.0" "%_hv_builds%\%_hv_name%" >nul || exit /b 1
> "%_hv_builds%\current" echo %_hv_name%
rem As old as the beginning of the build: what was edited meanwhile is newer. Builds that nothing runs from any more go.
powershell -NoProfile -Command "(Get-Item (Join-Path $env:_hv_builds 'current')).LastWriteTimeUtc = (Get-Item (Join-Path $env:_hv_builds 'started')).LastWriteTimeUtc; Get-ChildItem -Directory $env:_hv_builds | Sort-Object Name -Descending | Select-Object -Skip 2 | Remove-Item -Recurse -Force -ErrorAction SilentlyContinue"
:built
set /p _hv_name=<"%_hv_builds%\current"
exit /b 0

:need_ffmpeg
where ffmpeg >nul 2>nul && where ffprobe >nul 2>nul && exit /b 0
echo ffmpeg is missing; installing it ... 1>&2
where winget >nul 2>nul || goto :no_ffmpeg
winget install --id Gyan.FFmpeg --exact --silent --accept-package-agreements --accept-source-agreements 1>&2
rem winget puts it on the PATH of programs that start later; this one has to look it up.
for /f "delims=" %%p in ('powershell -NoProfile -Command "[Environment]::GetEnvironmentVariable('Path','User') + ';' + [Environment]::GetEnvironmentVariable('Path','Machine')"') do set "PATH=%PATH%;%%p"
set "PATH=%PATH%;%LOCALAPPDATA%\Microsoft\WinGet\Links"
where ffmpeg >nul 2>nul && where ffprobe >nul 2>nul && exit /b 0
:no_ffmpeg
echo ffmpeg could not be installed from here. Install it with: 1>&2
echo     winget install --id Gyan.FFmpeg --exact 1>&2
echo and open a new window. 1>&2
exit /b 1

:no_dotnet
popd
echo Haven VLM needs the .NET SDK 10.0, which is not here. Install it with: 1>&2
echo     winget install --id Microsoft.DotNet.SDK.10 --exact 1>&2
echo and open a new window. 1>&2
if /i "%~1"=="test" echo 0 passed, 1 failed
exit /b 1
