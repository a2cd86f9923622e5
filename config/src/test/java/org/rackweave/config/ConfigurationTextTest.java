package org.rackweave.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rackweave.config.ConfigurationResult.Loaded;

class ConfigurationTextTest {
    @Test
    void theAnnotatedFileSaysTheDefaults() {
        assertThat(ConfigurationLoader.parse(ConfigurationText.annotated(), "annotated"))
                .isEqualTo(new Loaded(Configuration.defaults()));
    }

    @Test
    void theAnnotatedFileHasEveryOptionWithItsSentence() {
        String flat = ConfigurationText.annotated().replaceAll("\\n *# ", " ");

        assertThat(Schema.OPTIONS)
                .allSatisfy(option -> assertThat(flat).contains(option.sentence(), option.why(), option.key() + ": "));
        assertThat(ConfigurationText.annotated().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(130));
    }

    @Test
    void thePublishedFileIsTheOneThatInitWrites() throws IOException {
        assertThat(Path.of("rackweave.yaml")).hasContent(ConfigurationText.annotated());
    }

    @Test
    void whatIsEffectiveCanBeReadBack() {
        String source = """
                lending:
                  interposer: {provider: simulated, settings: {"dir": 'C:\\"x"', n: 4}}
                  claims: [w*]
                  minTerm: 90s
                """;
        Configuration configuration = ((Loaded) ConfigurationLoader.parse(source, "a")).configuration();

        String effective = ConfigurationText.effective(configuration);

        assertThat(ConfigurationLoader.parse(effective, "b")).isEqualTo(new Loaded(configuration));
        assertThat(effective).contains("  minTerm: 90s\n", "  maxTerm: 7d  # default\n");
    }

    @Test
    void everyOptionIsReadByItsReaderInTheTree() {
        Map<String, Object> tree = ConfigurationText.tree(Configuration.defaults());

        assertThat(tree.keySet())
                .containsExactly("node", "network", "announce", "lending", "borrowing", "ledger", "log");
        assertThat(tree.get("ledger")).isEqualTo(Map.of("maxSize", "22MiB"));
        assertThat(Schema.OPTIONS).allSatisfy(ConfigurationTextTest::defaultIsInRangeAndReadBack);
    }

    @Test
    void everyOptionStandsInASection() {
        List<String> sections =
                Schema.SECTIONS.stream().map(Schema.Section::path).toList();

        assertThat(Schema.OPTIONS).allSatisfy(option -> assertThat(sections).contains(option.section()));
    }

    private static <T> void defaultIsInRangeAndReadBack(Option<T> option) {
        assertThat(option.reader().apply(Configuration.defaults())).isEqualTo(option.defaultValue());
    }

    @Test
    void theFilesOfThisModuleAreThere() {
        assertThat(Files.exists(Path.of("rackweave.schema.json"))).isTrue();
    }
}
