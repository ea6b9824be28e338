// The PowerShell script that passes files of a Windows guest, with the answers of linux-files.ts. A path is `/C:/folder/file`, as OpenSSH
// has it there. Written for PowerShell 5; nobody has seen it in a real Windows yet.

/** Its input is a line of JSON, the arguments that linux-files.ts names, and then the content. */
export const WINDOWS_FILES = `$ErrorActionPreference = 'Stop'
$stdin = [Console]::OpenStandardInput()
$stdout = [Console]::OpenStandardOutput()
$utf8 = New-Object Text.UTF8Encoding $false
function Say($text) {
  $bytes = $utf8.GetBytes($text)
  $stdout.Write($bytes, 0, $bytes.Length)
}
function Tell($text) {
  $bytes = $utf8.GetBytes("$text\`n")
  [Console]::OpenStandardError().Write($bytes, 0, $bytes.Length)
}
function Fail($number, $text) {
  Tell "$number $text"
  exit 1
}
function PathOf($text) {
  if ($text -notmatch '^/([A-Za-z]):(/[^\\\\:]*)?$') { Fail 2 "$($text): a path is like /C:/folder/file there" }
  $rest = if ($Matches[2]) { $Matches[2] } else { '/' }
  "$($Matches[1]):$($rest.Replace('/', '\\'))"
}
function NameOf($path) { '/' + $path.Replace('\\', '/') }
function SecondsOf($time) { [long][Math]::Floor(($time - [DateTime]'1970-01-01').TotalSeconds) }
function HexOf($hash) { -join ($hash.Hash | ForEach-Object { $_.ToString('x2') }) }
function OwnerOf($info) {
  try {
    $sid = $info.GetAccessControl('Owner').GetOwner([Security.Principal.SecurityIdentifier])
    $name = try { $sid.Translate([Security.Principal.NTAccount]).Value.Split('\\')[-1] } catch { '' }
    if ($name -and $name -notmatch '\\s') { $name } else { $sid.Value }
  } catch { '?' }
}
function Entry($info) {
  $isFolder = $info -is [IO.DirectoryInfo]
  $kind = if ($info.Attributes -band [IO.FileAttributes]::ReparsePoint) { 'l' } elseif ($isFolder) { 'd' } else { 'f' }
  $size = if ($isFolder) { 0 } else { $info.Length }
  $mode = if ($isFolder) { '755' } elseif ($info.IsReadOnly) { '444' } else { '644' }
  $name = (NameOf $info.FullName).TrimEnd('/')
  Say "$kind $size $mode $(SecondsOf $info.LastWriteTimeUtc) $(OwnerOf $info) $name\`0"
}
function Below($folder, $isDeep) {
  foreach ($info in $folder.GetFileSystemInfos()) {
    Entry $info
    $isLink = $info.Attributes -band [IO.FileAttributes]::ReparsePoint
    if ($isDeep -and $info -is [IO.DirectoryInfo] -and -not $isLink) { Below $info $true }
  }
}
function List($what, $text) {
  if ($what -eq 'glob') {
    $pattern = PathOf ($text -replace '\\\\([\\[\\]])', '\`$1')
    foreach ($found in @(Resolve-Path -Path $pattern -ErrorAction SilentlyContinue)) { Entry (Get-Item -LiteralPath $found.ProviderPath -Force) }
    return
  }
  if ($text -eq '/') {
    foreach ($drive in [IO.DriveInfo]::GetDrives()) { if ($drive.IsReady) { Entry $drive.RootDirectory } }
    return
  }
  $path = PathOf $text
  if ([IO.File]::Exists($path)) { Fail 20 "$($text): it is no folder" }
  Below (New-Object IO.DirectoryInfo $path) ($what -eq 'tree')
}
function Get($text, $offset) {
  $path = PathOf $text
  if ([IO.Directory]::Exists($path)) { Fail 21 "$($text): it is a folder" }
  $file = [IO.File]::Open($path, 'Open', 'Read', 'ReadWrite, Delete')
  $size = $file.Length
  if ($offset -gt $size) { Fail 22 "$($text): it is shorter" }
  $mode = if (([IO.File]::GetAttributes($path)) -band [IO.FileAttributes]::ReadOnly) { '444' } else { '644' }
  Say "file $size $mode $(SecondsOf ([IO.File]::GetLastWriteTimeUtc($path)))\`n"
  $hash = [Security.Cryptography.SHA256]::Create()
  $buffer = New-Object byte[] 65536
  $at = 0
  while ($at -lt $size) {
    $count = $file.Read($buffer, 0, [int][Math]::Min(65536, $size - $at))
    if ($count -eq 0) { Fail 116 "$($text): it became shorter" }
    [void]$hash.TransformBlock($buffer, 0, $count, $null, 0)
    $known = [int][Math]::Min($count, [Math]::Max(0, $offset - $at))
    $stdout.Write($buffer, $known, $count - $known)
    $at += $count
  }
  [void]$hash.TransformFinalBlock($buffer, 0, 0)
  Tell "sha256 $(HexOf $hash)"
}
function Folders($base, $owner, $names) {
  if ($owner) { Fail 38 'owners are not set in Windows' }
  [void][IO.Directory]::CreateDirectory((PathOf $base))
  foreach ($name in $names) {
    if ("/$name/" -match '/\\.\\.?/') { Fail 22 "$($name): it leads elsewhere" }
    $at = $base.TrimEnd('/')
    foreach ($part in $name.Split('/')) {
      $at += "/$part"
      $path = PathOf $at
      if ([IO.File]::Exists($path)) { Fail 20 "$($at): it is no folder" }
      $made = [IO.Directory]::CreateDirectory($path)
      if ($made.Attributes -band [IO.FileAttributes]::ReparsePoint) { Fail 20 "$($at): it is a link" }
    }
  }
  Say "done\`n"
}
function Put($what, $text, $partText, $size, $sha256, $owner, $overwrites, $offset) {
  if ($owner) { Fail 38 'owners are not set in Windows' }
  $path = PathOf $text
  $part = PathOf $partText
  if ($what -eq 'begin' -or $what -eq 'whole') {
    if ([IO.Directory]::Exists($path)) { Fail 21 "$($text): it is a folder" }
    if ($overwrites -ne '1' -and [IO.File]::Exists($path)) { Fail 17 "$($text): it exists" }
  }
  $how = if ($what -eq 'begin' -or $what -eq 'whole') { 'OpenOrCreate' } else { 'Open' }
  $file = [IO.File]::Open($part, $how, 'ReadWrite', 'None')
  if (([IO.File]::GetAttributes($part)) -band [IO.FileAttributes]::ReparsePoint) { Fail 1 "$($text): its part is a link" }
  if ($what -eq 'begin') {
    if ($file.Length -gt $size) { $file.SetLength(0) }
    Say "offset $($file.Length)\`n"
    return
  }
  if ($what -eq 'append' -or $what -eq 'whole') {
    if ($file.Length -lt $offset) { Fail 116 "$($text): some of it is gone" }
    $file.SetLength($offset)
    $file.Position = $offset
    try { $stdin.CopyTo($file) } catch {
      $file.Dispose()
      [IO.File]::Delete($part)
      throw
    }
    if ($what -eq 'append') {
      $file.Flush($true)
      return
    }
  }
  if ($file.Length -lt $size) { Fail 125 "$($text): some of it is missing" }
  $file.Flush($true)
  $file.Position = 0
  $hash = [Security.Cryptography.SHA256]::Create()
  [void]$hash.ComputeHash($file)
  $isWrong = $file.Length -ne $size -or (HexOf $hash) -ne $sha256
  $file.Dispose()
  if ($isWrong) {
    [IO.File]::Delete($part)
    Fail 74 "$($text): it is not what it should be"
  }
  try {
    if ($overwrites -eq '1' -and [IO.File]::Exists($path)) { [IO.File]::Replace($part, $path, $null) } else { [IO.File]::Move($part, $path) }
  } catch {
    [IO.File]::Delete($part)
    throw
  }
  Say "done\`n"
}
try {
  $line = New-Object IO.MemoryStream
  for ($byte = $stdin.ReadByte(); $byte -ge 0 -and $byte -ne 10; $byte = $stdin.ReadByte()) { $line.WriteByte($byte) }
  $words = @($utf8.GetString($line.ToArray()) | ConvertFrom-Json)
  switch ($words[0]) {
    'get' { Get $words[1] ([long]$words[2]) }
    'list' { List $words[1] $words[2] }
    'folders' { Folders $words[1] $words[3] @($words | Select-Object -Skip 4) }
    default { Put $words[0] $words[1] $words[2] ([long]$words[3]) $words[4] $words[6] $words[7] ([long]$words[8]) }
  }
} catch {
  $error_ = $_.Exception
  while ($error_.InnerException) { $error_ = $error_.InnerException }
  $number = 5
  if ($error_ -is [IO.FileNotFoundException] -or $error_ -is [IO.DirectoryNotFoundException]) { $number = 2 }
  elseif ($error_ -is [UnauthorizedAccessException]) { $number = 13 }
  elseif ($error_ -is [IO.PathTooLongException]) { $number = 36 }
  elseif ($error_ -is [ArgumentException] -or $error_ -is [NotSupportedException]) { $number = 22 }
  elseif ($error_ -is [IO.IOException]) {
    switch ($error_.HResult -band 0xffff) { 39 { $number = 28 } 112 { $number = 28 } 80 { $number = 17 } 183 { $number = 17 } 32 { $number = 16 } }
  }
  Fail $number ($error_.Message -replace '[\\r\\n]+', ' ')
}`;
