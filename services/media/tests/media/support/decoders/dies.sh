#!/bin/sh
# Says that it is ready for photos, as a decoder does, and is dead when one comes.
head -c 13 > /dev/null # it has been told its limits
ready='{"missing":[],"reach":{"files":false,"network":false,"processes":false}}'
printf '\110\000\000\000\000\000\000\000\000\000\000\000%s' "$ready" >&0
kill -SEGV $$
