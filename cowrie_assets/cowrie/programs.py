"""Names of programs that attackers find on a machine or bring under the usual name: words that tell what is done."""

USUAL_PROGRAMS = frozenset(
    word
    for line in (
        "adduser apk apt apt-get arch at awk base64 bash bunzip2 bzip2 cat cd",
        "chattr chmod chown chpasswd clear cp crontab cryptsetup curl cut date dd df dig dmesg dmidecode dpkg",
        "echo egrep eval exec exit export fgrep fetch file find free ftp ftpget ftpput gcc git grep groupadd",
        "groupmod groups gunzip gzip head help history hostname hostnamectl htop htpasswd id ifconfig insmod",
        "install ip iptables ip6tables java journalctl kill killall last ldd less ln lockr logname ls",
        "lsb_release lscpu lsof lspci lsusb make md5sum mkdir mkfifo mkpasswd modprobe more mount mv mysql",
        "nano nc ncat net netcat netstat newusers nmap node nproc nslookup openssl passwd perl pgrep php ping",
        "pip pip3 pkill plink printenv printf ps pscp pwd python python2 python3 read realpath reboot rm",
        "rmdir rmmod rpm rsync ruby scp screen sed service set sftp sh sha1sum sha256sum shutdown sleep sort",
        "source ssh ssh-keygen sshpass stat strings su sudo sysctl systemctl tail tar tee test tftp timeout",
        "tmux top touch tr true false type uname uniq unset unzip uptime useradd userdel usermod vi vim",
        "vmstat w wait wc wget which who whoami xargs xxd xz yes yum zip",
    )
    for word in line.split()
)
