# lanchat as a task of the Windows Task Scheduler: run it in PowerShell as an administrator.
#
# The task starts with the computer, before anybody logs in, and shows no window; it runs as the
# user who runs this script, with the lanchat that pipx has installed for them. Settings go into
# the file that `lanchat config path` names.

$lanchat = "$env:USERPROFILE\.local\bin\lanchat.exe"
# The port is asked for, so that lanchat never moves to the next one.
$action = New-ScheduledTaskAction -Execute $lanchat -Argument "serve --port 8765 --quiet"
$trigger = New-ScheduledTaskTrigger -AtStartup
$user = New-ScheduledTaskPrincipal -UserId $env:USERNAME -LogonType S4U
# Unless told otherwise, Windows ends tasks after three days and when the power cord is pulled.
$settings = New-ScheduledTaskSettingsSet `
    -ExecutionTimeLimit (New-TimeSpan -Seconds 0) `
    -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
    -RestartCount 3 -RestartInterval (New-TimeSpan -Minutes 1)
Register-ScheduledTask -TaskName lanchat -Force `
    -Action $action -Trigger $trigger -Principal $user -Settings $settings

# Nobody is there to answer the firewall's question.
New-NetFirewallRule -DisplayName lanchat -Direction Inbound -Action Allow `
    -Protocol TCP -LocalPort 8765 -Profile Private, Domain

Start-ScheduledTask -TaskName lanchat
