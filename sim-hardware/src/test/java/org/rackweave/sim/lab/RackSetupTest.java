package org.rackweave.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.config.Configuration;
import org.rackweave.config.ConfigurationLoader;
import org.rackweave.config.ConfigurationResult;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.Role;

class RackSetupTest {
    private static final RackPlan PLAN = RackPlan.of(2, 3, 1 << 20, Duration.ofSeconds(2));

    @TempDir
    Path folder;

    @Test
    void everyNodeGetsAConfigurationThatTheDaemonsOwnLoaderTakes() throws Exception {
        RackLayout layout = RackSetup.create(folder.resolve("a rack \"with\" odd: name"), PLAN);
        for (String name : PLAN.names()) {
            ConfigurationResult result = ConfigurationLoader.load(layout.configuration(name));
            assertThat(result).isInstanceOf(ConfigurationResult.Loaded.class);
            Configuration configuration = ((ConfigurationResult.Loaded) result).configuration();
            assertThat(configuration.node().identityDir()).isEqualTo(layout.identity(name));
            assertThat(configuration.lending().minTermMillis()).isEqualTo(2_000);
            assertThat(configuration.lending().interposer().settings())
                    .containsEntry("rackDir", layout.hardware().root().toString());
        }
    }

    @Test
    void identitiesAreOfOneRackAndOfTheRightRoles() throws Exception {
        RackLayout layout = RackSetup.create(folder.resolve("rack"), PLAN);
        Identity node = Identity.load(layout.identity("a"), Instant.now());
        Identity operator = Identity.load(layout.identity(RackLayout.OPERATOR), Instant.now());
        assertThat(node.principal().role()).isEqualTo(Role.NODE);
        assertThat(operator.principal().role()).isEqualTo(Role.OPERATOR);
        assertThat(node.trust().rackId()).isEqualTo(operator.trust().rackId());
    }

    @Test
    void aDirectoryWithSomethingInItIsLeftAlone() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious"), "mine");
        assertThatThrownBy(() -> RackSetup.create(folder, PLAN))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("not empty");
        assertThat(precious).hasContent("mine");
        assertThat(folder.toFile().list()).containsExactly("precious");
    }

    @Test
    void aProcessIsOnlyBelievedWhileItIsTheOneThatWasStarted() {
        RackLayout layout = new RackLayout(folder);
        long self = ProcessHandle.current().pid();
        assertThat(new RunningProcess("a", self).handle(layout)).isEmpty();
    }
}
