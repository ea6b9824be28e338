// The PowerShell scripts that run a command in a Windows guest. Written for PowerShell 5, which every Windows since 2016 has; nobody has
// seen them in a real one yet.

/**
 * Prints the folder to work in, once what earlier hosts have left is ended. A process is known by when it has started, as its number may
 * be another's by now.
 */
export const PREPARE = `$ErrorActionPreference = 'Stop'
$base = [IO.Path]::Combine($env:SystemRoot, 'Temp')
foreach ($folder in [IO.Directory]::GetDirectories($base, 'tt-run-*')) {
  try {
    $id, $ticks = [IO.File]::ReadAllText("$folder\\pid").Split(' ')
    $process = Get-Process -Id $id -ErrorAction SilentlyContinue
    if ($process -and $process.StartTime.Ticks -eq [long]$ticks) { & taskkill.exe /T /F /PID $id | Out-Null }
  } catch { }
  try { [IO.Directory]::Delete($folder, $true) } catch { }
}
[Console]::Out.Write($base)`;

/**
 * Its input is a line of JSON (RunHeader of windows-system.ts), then a script, then the input of the command. Its exit code is that of
 * the command. What a process that the command has left behind prints later is not waited for.
 */
export const RUN = `$ErrorActionPreference = 'Stop'
$all = New-Object IO.MemoryStream
[Console]::OpenStandardInput().CopyTo($all)
$bytes = $all.ToArray()
$line = [Array]::IndexOf($bytes, [byte]10)
$about = [Text.Encoding]::UTF8.GetString($bytes, 0, $line) | ConvertFrom-Json
$folder = $about.folder
function Refuse($number, $text) {
  [IO.File]::WriteAllText("$folder\\r.new", "$number $text")
  [IO.File]::Move("$folder\\r.new", "$folder\\r")
  exit 121
}
if ([IO.Directory]::Exists($folder)) { exit 125 }
[void][IO.Directory]::CreateDirectory($folder)
& icacls.exe $folder /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
$self = [Diagnostics.Process]::GetCurrentProcess()
[IO.File]::WriteAllText("$folder\\pid", "$($self.Id) $($self.StartTime.Ticks)")
$from = $line + 1
if ($about.scriptName) {
  $script = New-Object byte[] $about.scriptBytes
  [Array]::Copy($bytes, $from, $script, 0, $about.scriptBytes)
  [IO.File]::WriteAllBytes("$folder\\$($about.scriptName)", $script)
  $from += $about.scriptBytes
}
$info = New-Object Diagnostics.ProcessStartInfo
$info.FileName = $about.program
$info.Arguments = $about.arguments
$info.UseShellExecute = $false
$info.CreateNoWindow = $true
$info.RedirectStandardInput = $true
$info.RedirectStandardOutput = $true
$info.RedirectStandardError = $true
$info.WorkingDirectory = $env:SystemRoot
if ($about.cwd) {
  if (-not [IO.Directory]::Exists($about.cwd)) { Refuse 2 'there is no such folder' }
  $info.WorkingDirectory = $about.cwd
}
foreach ($one in $about.environment.PSObject.Properties) {
  if ($null -eq $one.Value) { $info.EnvironmentVariables.Remove($one.Name) } else { $info.EnvironmentVariables[$one.Name] = $one.Value }
}
try { $process = [Diagnostics.Process]::Start($info) } catch {
  $inner = $_.Exception
  while ($inner.InnerException) { $inner = $inner.InnerException }
  if ($inner -is [ComponentModel.Win32Exception] -and 2, 3 -contains $inner.NativeErrorCode) { Refuse 2 'there is no such program' }
  Refuse 13 $inner.Message
}
$stdin = $process.StandardInput.BaseStream
$written = $stdin.WriteAsync($bytes, $from, $bytes.Length - $from)
$end = [Text.Encoding]::ASCII.GetBytes($about.endMark)
$outputs = foreach ($one in ('o', $process.StandardOutput), ('e', $process.StandardError)) {
  $output = @{ Name = $one[0]; Stream = $one[1].BaseStream; Buffer = New-Object byte[] 65536; Next = 0; Late = 0; IsOver = $false }
  $output.Read = $output.Stream.ReadAsync($output.Buffer, 0, 65536)
  $output
}
function Put($output, $length, $content) {
  $old = "$folder\\$($output.Name).$($output.Next - 8)"
  if ([IO.File]::Exists($old)) {
    if ((New-Object IO.FileInfo $old).Length -gt 0) { return $false }
    [IO.File]::Delete($old)
  }
  $new = "$folder\\$($output.Name).new"
  $file = [IO.File]::Create($new)
  $file.Write($content, 0, $length)
  $file.Dispose()
  [IO.File]::Move($new, "$folder\\$($output.Name).$($output.Next)")
  $output.Next++
  return $true
}
$pauseMs = 5
while (@($outputs | Where-Object { -not $_.IsOver }).Count -gt 0) {
  $moved = $false
  if ($stdin -and $written.IsCompleted) {
    try { $stdin.Dispose() } catch { }
    $stdin = $null
  }
  $hasExited = $process.HasExited
  foreach ($output in $outputs) {
    if ($output.IsOver) { continue }
    $count = -1
    if ($output.Read.IsCompleted) { try { $count = $output.Read.Result } catch { $count = 0 } }
    elseif ($hasExited -and $output.Late++ -gt 10) { $count = 0 }
    if ($count -gt 0 -and (Put $output $count $output.Buffer)) {
      $output.Read = $output.Stream.ReadAsync($output.Buffer, 0, 65536)
      $moved = $true
    }
    if ($count -eq 0 -and (Put $output $end.Length $end)) { $output.IsOver = $true }
  }
  if ($moved) { $pauseMs = 5 } else {
    Start-Sleep -Milliseconds $pauseMs
    $pauseMs = [Math]::Min(100, $pauseMs * 2)
  }
}
$process.WaitForExit()
exit $process.ExitCode`;
