@echo off
rem The one entry: installs what is missing, builds once, runs. "haven --help" lists the commands;
rem "haven test" runs every test, "haven bench" measures, "haven soak --minutes N" tries to break it, "haven publish [SYSTEM]" makes one file that needs no SDK. Works from any folder.
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
set "builds=%root%artifacts\haven"
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1

pushd "%root%"
dotnet --version >nul 2>nul
if errorlevel 1 goto :no_dotnet
popd

if /i "%~1"=="test" goto :test
if /i "%~1"=="bench" goto :bench
if /i "%~1"=="soak" goto :soak
if /i "%~1"=="publish" goto :publish
set "first=%~1"
if "%first%"=="" goto :build
if "%first:~0,1%"=="-" goto :build
for %%c in (config doctor init plugin-settings status) do if /i "%first%"=="%%c" goto :build
call :need_ffmpeg || exit /b 1

:build
rem Rebuilt when a source is newer than the last build; into a folder of its own, so that a running server keeps its files.
powershell -NoProfile -ExecutionPolicy Bypass -Command "$current = Join-Path $env:builds 'current'; if (-not (Test-Path $current)) { exit 1 }; $name = (Get-Content $current -TotalCount 1).Trim(); if (-not (Test-Path (Join-Path $env:builds ($name + '\haven.dll')))) { exit 1 }; $at = (Get-Item $current).LastWriteTimeUtc; $paths = 'HavenVlm.Core','HavenVlm.Local','samples','stash-plugin','Directory.Build.props','Directory.Packages.props','global.json','haven.schema.json','.editorconfig' | ForEach-Object { Join-Path $env:root $_ } | Where-Object { Test-Path $_ }; if (Get-ChildItem -LiteralPath $paths -Recurse -Force | Where-Object { $_.FullName -notmatch '\\(bin|obj)(\\|$)' -and $_.LastWriteTimeUtc -gt $at } | Select-Object -First 1) { exit 1 }"
if not errorlevel 1 goto :run
echo Building Haven VLM ... 1>&2
if not exist "%builds%" mkdir "%builds%"
echo started> "%builds%\started"
pushd "%root%"
dotnet build HavenVlm.Local\HavenVlm.Local.csproj -c Release -v quiet --nologo 1>&2
if errorlevel 1 (
    popd
    echo The build failed. 1>&2
    exit /b 1
)
popd
for /f %%t in ('powershell -NoProfile -Command "Get-Date -Format yyyyMMdd-HHmmss"') do set "name=%%t-%RANDOM%"
xcopy /e /i /q /y "%root%HavenVlm.Local\bin\Release\net10.0" "%builds%\%name%" >nul || exit /b 1
> "%builds%\current" echo %name%
rem As old as the beginning of the build: what was edited meanwhile is newer. Builds that nothing runs from any more go.
powershell -NoProfile -Command "(Get-Item (Join-Path $env:builds 'current')).LastWriteTimeUtc = (Get-Item (Join-Path $env:builds 'started')).LastWriteTimeUtc; Get-ChildItem -Directory $env:builds | Sort-Object Name -Descending | Select-Object -Skip 2 | Remove-Item -Recurse -Force -ErrorAction SilentlyContinue"

:run
set /p name=<"%builds%\current"
endlocal & dotnet "%builds%\%name%\haven.dll" %*
exit /b %errorlevel%

:test
call :need_ffmpeg || exit /b 1
call :need_azurite || exit /b 1
pushd "%root%"
dotnet build HavenVlm.sln -c Release -v quiet --nologo
if errorlevel 1 (
    popd
    echo 0 passed, 1 failed
    exit /b 1
)
set "log=%TEMP%\haven-test-%RANDOM%%RANDOM%.log"
powershell -NoProfile -Command "dotnet test --solution HavenVlm.sln -c Release --no-build --no-progress --no-ansi 2>&1 | ForEach-Object { $_.ToString() } | Tee-Object -FilePath $env:log; $status = $LASTEXITCODE; $count = { param($word) $found = Select-String -Path $env:log -Pattern ('^ *' + $word + ': *(\d+)'); if ($found) { [int]@($found)[-1].Matches[0].Groups[1].Value } else { 0 } }; $failed = & $count 'failed'; if ($status -ne 0 -and $failed -eq 0) { $failed = 1 }; $format = & { dotnet tool restore; if ($LASTEXITCODE -eq 0) { dotnet csharpier check . } } 2>&1; if ($LASTEXITCODE -ne 0) { $format; 'The format differs: dotnet csharpier format .'; $failed++ }; '{0} passed, {1} failed, {2} skipped' -f (& $count 'succeeded'), $failed, (& $count 'skipped'); exit [int]($failed -gt 0)"
set "status=%errorlevel%"
popd
del "%log%" >nul 2>nul
exit /b %status%

:bench
call :need_ffmpeg || exit /b 1
if not exist "%root%benchmarks\HavenVlm.Benchmarks\HavenVlm.Benchmarks.csproj" (
    echo There are no benchmarks here: benchmarks\HavenVlm.Benchmarks is missing. 1>&2
    exit /b 1
)
pushd "%root%"
dotnet build benchmarks\HavenVlm.Benchmarks -c Release -v quiet --nologo 1>&2
if errorlevel 1 (
    popd
    exit /b 1
)
popd
for /f "tokens=1,* delims= " %%a in ("%*") do set "rest=%%b"
dotnet "%root%benchmarks\HavenVlm.Benchmarks\bin\Release\net10.0\HavenVlm.Benchmarks.dll" %rest%
exit /b %errorlevel%

:soak
rem The long forms of the fault matrix (docs\dev\reliability.md), one test after the other; the counts as a table.
set "minutes=30"
if not "%~2"=="" set "minutes=%~3"
if not "%~2"=="" if /i not "%~2"=="--minutes" set "minutes="
echo(%minutes%| findstr /r /x "[1-9][0-9]*" >nul || (
    echo How long? haven soak --minutes 30 ^(whole minutes, from 1^). 1>&2
    exit /b 2
)
call :need_ffmpeg || exit /b 1
set "HAVEN_SOAK_MINUTES=%minutes%"
set "HAVEN_SOAK_REPORTS=%root%artifacts\reliability"
if exist "%HAVEN_SOAK_REPORTS%" rmdir /s /q "%HAVEN_SOAK_REPORTS%"
mkdir "%HAVEN_SOAK_REPORTS%"
set "status=0"
pushd "%root%"
for %%t in (HavenVlm.Core.Tests HavenVlm.Local.Tests) do (
    dotnet build tests\%%t -c Release -v quiet --nologo 1>&2 || (
        popd
        exit /b 1
    )
    dotnet tests\%%t\bin\Release\net10.0\%%t.dll -namespace "*.Reliability" -parallel none -noColor || set "status=1"
)
popd
type "%HAVEN_SOAK_REPORTS%\*.txt" 2>nul
if "%status%"=="0" (echo Nothing was lost.) else (echo Something failed; see above.)
exit /b %status%

:publish
set "system=%~2"
if "%system%"=="" set "system=win-x64"
pushd "%root%"
dotnet publish HavenVlm.Local -c Release -r %system% -o "%root%artifacts\publish\%system%" --artifacts-path "%root%artifacts\publish\.build" -v quiet --nologo 1>&2
set "status=%errorlevel%"
popd
if "%status%"=="0" dir /b /s "%root%artifacts\publish\%system%\haven*"
exit /b %status%

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

:need_azurite
rem The storage emulator for the tests of the Functions app's storage; npm comes with Node.js.
set "azurite=3.37.0"
set "emulator=%root%artifacts\tools\azurite"
findstr /c:"\"version\": \"%azurite%\"" "%emulator%\node_modules\azurite\package.json" >nul 2>nul && exit /b 0
where npm >nul 2>nul || (
    echo The tests of the Azure storage need Node.js, which is not here. Install it with: winget install --id OpenJS.NodeJS.LTS --exact 1>&2
    exit /b 1
)
echo Azurite is missing; installing it ... 1>&2
if not exist "%emulator%" mkdir "%emulator%"
call npm install --prefix "%emulator%" --no-save --no-package-lock --no-audit --no-fund --loglevel=error azurite@%azurite% 1>&2
exit /b %errorlevel%

:no_dotnet
popd
echo Haven VLM needs the .NET SDK 10.0, which is not here. Install it with: 1>&2
echo     winget install --id Microsoft.DotNet.SDK.10 --exact 1>&2
echo and open a new window. 1>&2
exit /b 1
