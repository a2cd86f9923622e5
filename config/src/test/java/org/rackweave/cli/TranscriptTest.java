package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What field engineers and scripts see, word by word. Each file has commands, after {@code $ rackweave}, with what they
 * write: {@code ! } before lines of standard error, and the exit code where it is not 0. After a change that is meant,
 * {@code -Drackweave.transcripts=write} writes them anew; the difference is then for a person to judge, as JSON and YAML are
 * an interface.
 */
class TranscriptTest {
    private static final Path FILES = Path.of("src/test/resources/transcripts");
    private static final String PROMPT = "$ rackweave ";

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyCommandWritesWhatItWrote(Path file) throws IOException {
        String expected = Files.readString(file);
        String found = replayed(expected);

        if (System.getProperty("rackweave.transcripts", "").equals("write")) {
            Files.writeString(file, found);
        }
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("files")
    void tablesFitAScreen(Path file) throws IOException {
        if (!file.getFileName().toString().startsWith("json")) {
            assertThat(Files.readAllLines(file)).allSatisfy(line -> {
                // Problems of files and messages are lines that others parse, and are not broken.
                boolean checked = !line.startsWith("!") && !line.startsWith("$") && !line.startsWith("/");
                assertThat(line.length()).isLessThanOrEqualTo(checked ? 80 : 200);
            });
        }
    }

    private static String replayed(String transcript) {
        StringBuilder text = new StringBuilder();
        for (String line : transcript.lines().toList()) {
            if (line.startsWith("#")) {
                text.append(line).append('\n');
            } else if (line.startsWith(PROMPT)) {
                text.append(text.isEmpty() ? "" : "\n").append(line).append('\n');
                Rig.Outcome outcome = new Rig().run(arguments(line.substring(PROMPT.length())));
                text.append(outcome.out());
                outcome.err()
                        .lines()
                        .forEach(said -> text.append("! ").append(said).append('\n'));
                if (outcome.exitCode() != ExitCode.DONE) {
                    text.append("[exit ").append(outcome.exitCode().code()).append("]\n");
                }
            }
        }
        return text.toString();
    }

    private static String[] arguments(String line) {
        List<String> arguments = new ArrayList<>();
        for (String word : line.strip().split(" ")) {
            arguments.add(word);
        }
        return line.isBlank() ? new String[0] : arguments.toArray(String[]::new);
    }
}
