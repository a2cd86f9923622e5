package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rackweave.config.Configuration;
import org.rackweave.config.ConfigurationLoader;
import org.rackweave.config.ConfigurationResult;
import org.rackweave.hal.discovery.Discovery;
import org.rackweave.hal.inventory.Inventory;

class OffersTextTest {
    private static final Inventory HERE = Discovery.ofThisMachine();
    private static final Table.Style STYLE = new Table.Style(80, Table.Paint.PLAIN);

    @Test
    void whatNobodyClaimsIsNotOffered() {
        Shown shown = OffersText.of(HERE, Configuration.defaults().lending(), STYLE);
        assertThat(shown.names()).isEmpty();
        assertThat(rows(shown)).isNotEmpty().allSatisfy(row -> assertThat(row).containsEntry("offered", false));
    }

    @Test
    void whatIsClaimedIsOfferedWithoutWhatTheServerKeeps() {
        Shown all = OffersText.of(HERE, lending("cores: 0"), STYLE);
        assertThat(all.names()).contains("cores:node0");
        Shown kept = OffersText.of(HERE, lending("cores: 1024"), STYLE);
        assertThat(kept.names()).doesNotContain("cores:node0");
        assertThat(kept.text()).contains("cores:node0").contains("keeps");
    }

    @Test
    void aDeviceThatIsKeptByItsKeyIsNotOffered() {
        assertThat(OffersText.of(HERE, lending("devices: [\"cores:*\"]"), STYLE).names())
                .doesNotContain("cores:node0");
    }

    private static Configuration.Lending lending(String keep) {
        ConfigurationResult result = ConfigurationLoader.parse(
                "lending:\n  interposer: {provider: simulated}\n  claims: [\"*\"]\n  keep: {" + keep + "}\n", "test");
        assertThat(result).isInstanceOf(ConfigurationResult.Loaded.class);
        return ((ConfigurationResult.Loaded) result).configuration().lending();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Shown shown) {
        return (List<Map<String, Object>>) shown.tree();
    }
}
