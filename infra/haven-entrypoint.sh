#!/bin/sh
# The command `haven` inside the image. As root it gives /config to PUID:PGID, becomes that user without any privilege, and runs the program;
# `docker compose exec haven haven ...` comes this way too, so that nothing in /config ever belongs to root.
set -eu
program="${HAVEN_PROGRAM:-/app/haven}"
config="${HAVEN_CONFIG_DIR:-/config}"

if [ "$(id -u)" -ne 0 ]; then
    exec "$program" "$@"
fi

uid="${PUID:-1000}"
gid="${PGID:-1000}"
for id in "$uid" "$gid"; do
    case "$id" in
        *[!0-9]* | "") echo "PUID and PGID are numbers, such as 1000: PUID=$uid PGID=$gid." >&2; exit 2 ;;
    esac
done

if [ "$uid" -eq 0 ]; then
    exec "$program" "$@"
fi

# Only what belongs to somebody else is changed, links themselves instead of what they lead to, and nothing on another file system.
if ! find "$config" -xdev \( ! -user "$uid" -o ! -group "$gid" \) -exec chown -h "$uid:$gid" {} +; then
    echo "$config could not be given to $uid:$gid. On this machine run: chown -R $uid:$gid CONFIG_DIR" >&2
fi

# Groups that were added for a device, such as /dev/dri, are kept; root's own group is not.
groups="$gid"
for group in $(id -G); do
    if [ "$group" -ne 0 ] && [ "$group" -ne "$gid" ]; then
        groups="$groups,$group"
    fi
done

exec setpriv --reuid "$uid" --regid "$gid" --groups "$groups" --inh-caps=-all --no-new-privs "$program" "$@"
