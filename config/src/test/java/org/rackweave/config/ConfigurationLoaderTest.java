package org.rackweave.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.config.Configuration.OnShutdown;

class ConfigurationLoaderTest {
    @Test
    void anEmptyFileMeansTheDefaults() {
        assertThat(loaded("")).isEqualTo(Configuration.defaults());
        assertThat(loaded("# nothing\n")).isEqualTo(Configuration.defaults());
        assertThat(loaded("lending:\nnode:\n")).isEqualTo(Configuration.defaults());
    }

    @Test
    void theDefaultsAreThoseThatWerePromised() {
        Configuration defaults = Configuration.defaults();

        assertThat(defaults.node().identityDir()).isEqualTo(Path.of("/etc/rackweave/identity"));
        assertThat(defaults.network().coapPort()).isEqualTo(5684);
        assertThat(defaults.network().coapAddress()).isEqualTo("::");
        assertThat(defaults.lending().maxTermMillis()).isEqualTo(7L * 24 * 3600 * 1000);
        assertThat(defaults.lending().rebootGraces()).isEqualTo(2);
        assertThat(defaults.ledger().maxBytes()).isEqualTo(22L * 1024 * 1024);
        assertThat(defaults.lending().isClaimed("cxl.mem0")).isFalse();
    }

    @Test
    void everyOptionCanBeSaid() {
        Configuration configuration = loaded("""
                node: {identityDir: /a, stateDir: /b/../c}
                network: {interfaces: [eth0, eth1], multicastPort: 1, ipv6Group: 'ff02::1', ipv4Group: 239.1.1.1,
                          coapAddress: '::1', coapPort: 0}
                announce: {minPeriod: 200ms, helloPeriod: 1s}
                lending:
                  interposer: {provider: simulated, settings: {slices: 4, dir: /tmp/x}}
                  claims: ['window*', 'cxl:?']
                  hosts: {a: 1, b.lan: port-2}
                  keep: {memory: 4 GiB, cores: 2, devices: [window7]}
                  minTerm: 1s
                  maxTerm: 1h30m
                  reservation: 2s
                  firstTerm: 3s
                  grace: 0
                  driftPercent: 0
                  maxPriority: 3
                  rebootGraces: 0
                borrowing: {defaultTerm: 5s, onShutdown: release, requestTimeout: 200ms,
                            acceptMoves: never, returnUnused: always, unusedAfter: 1h}
                ledger: {maxSize: 1GiB}
                log: {level: debug}
                """);

        assertThat(configuration.node().stateDir()).isEqualTo(Path.of("/c"));
        assertThat(configuration.network().interfaces()).containsExactly("eth0", "eth1");
        assertThat(configuration.announce().minPeriodMillis()).isEqualTo(200);
        assertThat(configuration.lending().interposer().settings()).isEqualTo(Map.of("slices", "4", "dir", "/tmp/x"));
        assertThat(configuration.lending().hosts()).isEqualTo(Map.of("a", "1", "b.lan", "port-2"));
        assertThat(configuration.lending().keep().memoryBytes()).isEqualTo(4L << 30);
        assertThat(configuration.lending().maxTermMillis()).isEqualTo(5_400_000);
        assertThat(configuration.lending().isClaimed("window3")).isTrue();
        assertThat(configuration.lending().isClaimed("window7")).isFalse();
        assertThat(configuration.borrowing().onShutdown()).isEqualTo(OnShutdown.RELEASE);
        assertThat(configuration.borrowing().acceptMoves()).isEqualTo(Configuration.AcceptMoves.NEVER);
        assertThat(configuration.borrowing().returnUnused()).isEqualTo(Configuration.ReturnUnused.ALWAYS);
        assertThat(configuration.borrowing().unusedAfterMillis()).isEqualTo(3_600_000);
        assertThat(configuration.log().level()).isEqualTo(Configuration.Log.Level.DEBUG);
    }

    @Test
    void allProblemsAreFoundAtOnceEachWithItsPlace() {
        assertThat(problems("""
                node:
                  stateDir: var
                lending:
                  min-term: 10
                  maxTerm: 5
                  keep:
                    memory: 16GB
                  driftPercent: "1"
                  driftPercent: 1
                  claims: window0
                colour: red
                network:
                  coapPort: 99999
                  coapAddress:
                  interfaces: [eth0, eth0]
                borrowing:
                  onShutdown: realease
                  minTerm: 1s
                log: loud
                """))
                .containsExactly(
                        "f.yaml:2:13: node.stateDir: 'var' is not an absolute path; write a path that begins with /",
                        "f.yaml:4:3: lending.min-term: this is not an option; did you mean minTerm?",
                        "f.yaml:5:12: lending.maxTerm: '5' has no unit; add one of ms, s, m, h, d: 5s",
                        "f.yaml:7:13: lending.keep.memory: '16GB' has the unit GB, and sizes here are binary; write 16GiB if that is what is meant",
                        "f.yaml:8:17: lending.driftPercent: a text in quotes stands here; write the number without quotes",
                        "f.yaml:9:3: lending.driftPercent: this key is there twice; remove one of the two",
                        "f.yaml:10:11: lending.claims: a single value stands here, and a list is needed; write [] for none, or one line with '- ' for each entry",
                        "f.yaml:11:1: colour: this is not an option; remove it; known here are: node, network, announce, lending, borrowing, ledger, log",
                        "f.yaml:13:13: network.coapPort: 99999 is out of range; write a number from 0 to 65535",
                        "f.yaml:14:15: network.coapAddress: nothing stands here; write an IP address without a port, such as \"::\" or 127.0.0.1",
                        "f.yaml:15:22: network.interfaces[1]: 'eth0' is in the list already; remove one of the two",
                        "f.yaml:17:15: borrowing.onShutdown: 'realease' is none of the words that are known; did you mean release? write one of keep, release",
                        "f.yaml:18:3: borrowing.minTerm: this is not an option; did you mean lending.minTerm?",
                        "f.yaml:19:6: log: a single value stands here, and options are needed; write one line for each, further to the right: level");
    }

    @Test
    void contradictionsAreFound() {
        assertThat(problems("lending: {minTerm: 1h, maxTerm: 30m}"))
                .containsExactly("f.yaml:1:20: lending.minTerm: lending.minTerm is 1h and lending.maxTerm is 30m,"
                        + " but it cannot be more; lower the first or raise the second");
        assertThat(problems("lending: {maxTerm: 10s}"))
                .containsExactly(
                        "f.yaml:1:20: lending.maxTerm: lending.reservation is 30s by default and lending.maxTerm is 10s,"
                                + " but it cannot be more; lower the first or raise the second",
                        "f.yaml:1:20: lending.maxTerm: lending.firstTerm is 2m by default and lending.maxTerm is 10s,"
                                + " but it cannot be more; lower the first or raise the second");
        assertThat(problems("network: {coapPort: 57331}"))
                .singleElement()
                .asString()
                .contains("both are UDP");
        assertThat(problems("lending: {claims: [x]}"))
                .singleElement()
                .asString()
                .contains("nothing can route it");
        assertThat(problems("lending: {interposer: {settings: {a: b}}}")).hasSize(1);
        assertThat(problems("node: {stateDir: /etc/rackweave/identity}")).hasSize(1);
        assertThat(problems("announce: {minPeriod: 1m, helloPeriod: 1s}")).hasSize(1);
    }

    @Test
    void nothingIsConcludedFromAnOptionThatIsWrongItself() {
        assertThat(problems("lending: {minTerm: 30d, maxTerm: long}"))
                .singleElement()
                .asString()
                .contains("'long'");
    }

    @Test
    void whatIsNotYamlIsSaidWithItsPlace() {
        assertThat(problems("node: [")).singleElement().asString().startsWith("f.yaml:1:8: this is not YAML: ");
        assertThat(problems("a: b: c")).singleElement().asString().startsWith("f.yaml:1:5: this is not YAML: ");
        assertThat(problems("node:\n\tstateDir: /x"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:2:1: this is not YAML");
        assertThat(problems("a: 1\n---\nb: 2")).hasSize(1);
        assertThat(problems("node: \u0000")).singleElement().asString().startsWith("f.yaml: this is not YAML");
        assertThat(problems("- node")).singleElement().asString().contains("a list stands here");
        assertThat(problems("42")).hasSize(1);
        assertThat(problems("a: &x 1\nb: *x")).singleElement().asString().startsWith("f.yaml:2:4: an alias");
        assertThat(problems("? [a, b]\n: c")).singleElement().asString().contains("a key is not a word");
    }

    @Test
    void neitherDepthNorSizeNorNumberIsWithoutLimit() {
        assertThat(problems("[".repeat(200_000))).singleElement().asString().contains("too deep");
        assertThat(problems("a".repeat(ConfigurationLoader.MAX_FILE_BYTES + 1)))
                .containsExactly("f.yaml: it is larger than 256KiB; name the right file");
        assertThat(problems("x: 1\ny: 1\n".repeat(5_000))).hasSize(100);
        assertThat(problems("node: {stateDir: " + "é".repeat(9_000) + "}"))
                .singleElement()
                .asString()
                .hasSizeLessThan(500);
    }

    @Test
    void aFileThatCannotBeReadIsAProblemOfTheWholeFile(@TempDir Path dir) throws IOException {
        Path latin = Files.write(dir.resolve("latin"), new byte[] {'#', (byte) 0xe9});
        Path large = Files.write(dir.resolve("large"), new byte[300_000]);

        assertThat(faults(ConfigurationLoader.load(dir.resolve("none"))).get(0).found())
                .isEqualTo("there is no such file");
        assertThat(faults(ConfigurationLoader.load(dir)).get(0).found()).startsWith("it cannot be read");
        assertThat(faults(ConfigurationLoader.load(latin)).get(0).found()).isEqualTo("it is not text in UTF-8");
        assertThat(faults(ConfigurationLoader.load(large)).get(0).found()).isEqualTo("it is larger than 256KiB");
        assertThat(faults(ConfigurationLoader.load(large)).get(0).line()).isZero();
    }

    @Test
    void noTextMakesTheLoaderThrow() {
        String file = ConfigurationText.annotated();
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            StringBuilder damaged = new StringBuilder(file);
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                damaged.setCharAt(
                        random.nextInt(damaged.length()),
                        ":-[]{}&*!|>'\"#%@`\t\n 0a\u0000\ud800".charAt(random.nextInt(24)));
            }
            assertThat(ConfigurationLoader.parse(damaged.toString(), "f.yaml"))
                    .as("seed %d", seed)
                    .isNotNull();
        }
    }

    @Test
    void aPairOfSurrogatesMayStandAnywhere() {
        for (int before = 1_015; before < 1_035; before++) {
            assertThat(ConfigurationLoader.parse("#" + "x".repeat(before) + "\ud83d\ude00\n", "f.yaml"))
                    .isNotNull();
        }
    }

    private static Configuration loaded(String source) {
        ConfigurationResult result = ConfigurationLoader.parse(source, "f.yaml");
        assertThat(result).isInstanceOf(ConfigurationResult.Loaded.class);
        return ((ConfigurationResult.Loaded) result).configuration();
    }

    private static List<String> problems(String source) {
        return faults(ConfigurationLoader.parse(source, "f.yaml")).stream()
                .map(ConfigurationProblem::toString)
                .toList();
    }

    private static List<ConfigurationProblem> faults(ConfigurationResult result) {
        assertThat(result).isInstanceOf(ConfigurationResult.Faulty.class);
        return ((ConfigurationResult.Faulty) result).problems();
    }
}
