package org.rackweave.daemon.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a backup is asked for while a daemon runs: by files in its state directory, which only its own user can write, so that
 * no command is needed by which somebody far away could make it write files.
 *
 * <pre>
 *  backup.request   ID                       whoever wants one, 16 hexadecimal digits that nobody used before
 *  backup-ID.db     the copy                 the daemon
 *  backup.answer    ID done | ID why not     the daemon
 * </pre>
 *
 * A file of an older request is removed by the next one.
 */
public final class BackupDesk {
    /** How often each side looks, in milliseconds: a person waits for it, and a look costs one call of the kernel. */
    public static final long LOOK_MILLIS = 500;

    private static final String REQUEST_FILE = "backup.request";
    private static final String ANSWER_FILE = "backup.answer";
    private static final String DONE = "done";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern ANSWER = Pattern.compile("([0-9a-f]{16}) (.*)\n", Pattern.DOTALL);

    private final Path directory;

    public BackupDesk(Path stateDirectory) {
        this.directory = stateDirectory;
    }

    /** Asks for one. */
    public void request(String id) throws IOException {
        publish(REQUEST_FILE, id + "\n");
    }

    /** What the daemon said to a request; empty when it has not said anything yet. */
    public Optional<Answer> answer(String id) throws IOException {
        Path file = directory.resolve(ANSWER_FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Matcher matcher = ANSWER.matcher(Files.readString(file, StandardCharsets.UTF_8));
        return matcher.matches() && matcher.group(1).equals(id)
                ? Optional.of(new Answer(
                        matcher.group(2).equals(DONE) ? Optional.of(copy(id)) : Optional.empty(), matcher.group(2)))
                : Optional.empty();
    }

    /**
     * What the daemon said.
     *
     * @param copy where it is; empty when there is none
     * @param text why there is none
     */
    public record Answer(Optional<Path> copy, String text) {}

    /** Whether somebody has asked. */
    public boolean isAsked() {
        return Files.exists(directory.resolve(REQUEST_FILE));
    }

    /** Serves who has asked, with the ledger, on its thread. */
    public void serve(Ledger ledger, long wallMillis) throws IOException {
        String id = Files.readString(directory.resolve(REQUEST_FILE), StandardCharsets.UTF_8)
                .strip();
        removeOld();
        if (ID.matcher(id).matches()) {
            try {
                ledger.backUp(copy(id), wallMillis);
                publish(ANSWER_FILE, id + " " + DONE + "\n");
            } catch (LedgerException e) {
                publish(ANSWER_FILE, id + " " + e.getMessage() + "\n");
            }
        }
        Files.deleteIfExists(directory.resolve(REQUEST_FILE));
    }

    /** Removes what earlier requests have left. */
    public void removeOld() throws IOException {
        Files.deleteIfExists(directory.resolve(ANSWER_FILE));
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(directory, "backup-*.db*")) {
            for (Path copy : copies) {
                Files.delete(copy);
            }
        }
    }

    private Path copy(String id) {
        return directory.resolve("backup-" + id + ".db");
    }

    private void publish(String name, String content) throws IOException {
        Path fresh = directory.resolve(name + ".new");
        Files.writeString(fresh, content);
        Durable.rename(fresh, directory.resolve(name));
    }
}
