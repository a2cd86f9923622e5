# Starts one of the programs; sourced by the scripts in bin, which say which one and with how much memory.
# Plain POSIX sh, and no JVM is started to look at a JVM: on a BMC each of them costs a second.

fail() {
    echo "$(basename "$0"): $1" >&2
    exit 1
}

# Prints the java to run: JAVA_HOME's when it is set, else the one on the PATH.
find_java() {
    if [ -n "${JAVA_HOME:-}" ]; then
        [ -x "$JAVA_HOME/bin/java" ] || fail "JAVA_HOME is $JAVA_HOME, but it has no bin/java; correct it or unset it"
        echo "$JAVA_HOME/bin/java"
    else
        command -v java || fail "no java on the PATH; install a Java runtime of version 17 or newer, or set JAVA_HOME"
    fi
}

# Prints the major version that a runtime's own release file names; nothing where it has none.
java_major() {
    release=$(dirname "$(dirname "$(readlink -f "$1")")")/release
    if [ -r "$release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release"
    fi
}

# Prints all jars, in the same order on every machine: an archive of classes is tied to that order.
class_path() {
    all=
    for jar in "$home"/lib/*.jar; do
        all="$all${all:+:}$jar"
    done
    echo "$all"
}

# Prints where the native libraries lie, ready to be mapped: /tmp of a BMC is small, and often noexec.
native_libraries() {
    case $(uname -m) in
        x86_64) echo "$home/lib/native/x86_64" ;;
        aarch64) echo "$home/lib/native/aarch64" ;;
        arm*) echo "$home/lib/native/arm" ;;
        *) fail "this distribution has native libraries for x86_64, aarch64 and arm, not for $(uname -m)" ;;
    esac
}

# launch MAIN_CLASS ARCHIVE "JVM_FLAGS" ARGUMENT...
launch() {
    main=$1
    archive=$home/lib/$2.jsa
    flags=$3
    shift 3

    java=$(find_java) || exit 1
    major=$(java_major "$java")
    if [ -n "$major" ] && [ "$major" -lt 17 ]; then
        fail "$java is Java $major; Rackweave needs 17 or newer: set JAVA_HOME to one"
    fi
    if [ -n "$major" ] && [ "$major" -ge 24 ]; then
        flags="$flags --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
    fi
    native=$(native_libraries) || exit 1

    # A training run, at whose end the classes are archived; else an archive is used where there is one, and silently
    # not used (-Xshare:auto) when it was made by another JVM or for other jars.
    if [ -n "${RACKWEAVE_ARCHIVE_TO:-}" ]; then
        sharing=-XX:ArchiveClassesAtExit=$RACKWEAVE_ARCHIVE_TO
    elif [ -r "$archive" ]; then
        sharing=-XX:SharedArchiveFile=$archive
    else
        sharing=-Xshare:auto
    fi

    # Both are lists of words on purpose.
    # shellcheck disable=SC2086
    exec "$java" $flags -Xshare:auto "$sharing" -Xlog:cds=off -Xlog:cds+dynamic=off -XX:-UsePerfData \
        -Djna.nosys=true -Djna.nounpack=true "-Djna.boot.library.path=$native" "-Dorg.sqlite.lib.path=$native" \
        ${RACKWEAVE_JAVA_OPTS:-} -cp "$(class_path)" "$main" "$@"
}
