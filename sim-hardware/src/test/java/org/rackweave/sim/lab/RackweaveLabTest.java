package org.rackweave.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

class RackweaveLabTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line =
                RackweaveLab.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|name a command",
                "rack --nodes 0|1 to 26 nodes",
                "rack --nodes 27|1 to 26 nodes",
                "rack --slices 65|0 to 64 slices",
                "rack --term-floor 10ms|at least 1s",
                "rack --term-floor soon|--term-floor",
                "rack --slice-size 1GB|--slice-size",
                "bench|name one of: start, grant",
                "bench nothing|name one of: start, grant",
                "host melt /dev/null|USE",
                "adversary replay|--rack",
                "adversary foreign --port many|--port",
                "simulate --seeds 0|at least 1 seed",
                "simulate --nodes 1|2 to 64 nodes",
                "simulate --threads 0|at least 1 thread",
                "simulate --planted SKIP_NOTHING|no fault is called",
                "simulate --planted WANT_FORGOTTEN_BY_RESTART --sources /nonexistent|--sources: /nonexistent is no directory",
                "simulate --planted all --sources /nonexistent|--sources: /nonexistent is no directory",
                "switch switchtec --port many|--port",
                "switch cxl --port many|--port",
                "rogue-fm|--switch",
                "demo --loud|--loud"
            })
    void whatCannotBeMeantIsWrongUsageAndSaysWhat(String arguments, String said) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ", -1);
        assertThat(run(words)).isEqualTo(2);
        assertThat(err.toString()).contains(said);
    }

    /** picocli finds out only when the option is used. */
    @Test
    void everyOptionIsOfATypeThatCanBeRead() {
        everyOptionIsReadable(RackweaveLab.commandLine());
    }

    private static void everyOptionIsReadable(CommandLine line) {
        for (OptionSpec option : line.getCommandSpec().options()) {
            String[] words = option.arity().max() == 0
                    ? new String[] {option.longestName()}
                    : new String[] {option.longestName(), "1"};
            try {
                line.parseArgs(words);
            } catch (ParameterException wrong) {
                assertThat(wrong.getMessage())
                        .as(line.getCommandSpec().qualifiedName() + " " + option.longestName())
                        .doesNotContain("No TypeConverter");
            }
        }
        line.getSubcommands().values().forEach(RackweaveLabTest::everyOptionIsReadable);
    }

    @Test
    void aDirectoryThatIsNoRackIsAFailureAndSaysSo() {
        assertThat(run("rack", "--down", "/nonexistent")).isEqualTo(1);
        assertThat(err.toString()).contains("is it a rehearsal rack?");
    }

    @Test
    void aSwitchThatCannotBeIsAFailureAndSaysWhy() {
        assertThat(run("switch", "switchtec", "--config", "/nonexistent")).isEqualTo(1);
        assertThat(err.toString()).contains("--config: cannot read /nonexistent");
        assertThat(run("switch", "cxl", "--port", "0", "--config", "/nonexistent"))
                .isEqualTo(1);
    }

    @Test
    void everyCommandHasHelpThatFitsEightyColumns() {
        for (String command : new String[] {"rack", "demo", "bench", "host", "adversary", "rogue-fm", "simulate"}) {
            assertThat(run(command, "--help")).isZero();
        }
        assertThat(run("switch", "--help")).isZero();
        assertThat(run("switch", "switchtec", "--help")).isZero();
        assertThat(run("switch", "cxl", "--help")).isZero();
        assertThat(out.toString().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }
}
