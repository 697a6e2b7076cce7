/** What is known of programs that are no part of the product: which start nothing, which start what they are told to. Pure data. */

/** They start no other program, whatever they are given (their manuals: coreutils, procps, net-tools, util-linux, macOS, Windows). */
export const STARTS_NOTHING: ReadonlySet<string> = new Set(
  (
    'arch arp basename cat chgrp chmod chown clear cmp cp csrutil cut date dd df diff dirname dmidecode du echo egrep exit ' +
    'export false fgrep free getconf getmac grep groups hash head hostname id ifconfig ioreg iostat ip ipconfig kill ' +
    'killall ldd ln ls lsblk lsb_release lscpu lsof lspci lsusb md5sum mkdir mv netstat pgrep ping pkill pmset printf ps ' +
    'pwd readlink realpath reg return rm rmdir route seq set sha256sum shift sleep sort ss stat stty sw_vers sysctl ' +
    'system_profiler tail taskkill tasklist tee test touch tput tr true type ulimit umask uname uniq unset uptime ver ' +
    'vm_stat wait wc where whereis which who whoami wmic [ [['
  ).split(' '),
);

/** They start another program only where their words say so: `git -c alias.x='!…'`, `tar --to-command`, the `e` of GNU sed. */
export const STARTS_WHAT_IS_SAID: ReadonlySet<string> = new Set(['curl', 'git', 'sed', 'tar', 'unzip', 'wget', 'zip']);

/** They start what a file says, or what stands on another system: their words do not tell. */
export const STARTS_BY_FILES: ReadonlySet<string> = new Set(
  'ant bazel cmake gmake gradle just make mvn ninja nmake rake task'.split(' '),
);

/** They start what they are given; with a word that is not known that may be anything. */
export const STARTS_OTHERS: ReadonlySet<string> = new Set(
  (
    'cmd docker doas find flock gdb ltrace open osascript parallel podman powershell pwsh runuser screen script setsid ssh ' +
    'start stdbuf strace su timeout tmux unshare watch wscript xargs xdg-open'
  ).split(' '),
);

/** Languages of other programs; what such a program starts is not read. */
export const INTERPRETERS = /^(?:python|perl|ruby|php|lua|tclsh|expect|deno|electron)[\d.]*$/;

/** A text that may tell one of them to run a program of JavaScript. */
export const MENTIONS_NODE = /(?<![\w.-])(?:node(?:js)?(?:\.exe)?|npm|npx|pnpm|pnpx|yarn|bunx?|tsx|ts-node)(?![\w.-])/;
