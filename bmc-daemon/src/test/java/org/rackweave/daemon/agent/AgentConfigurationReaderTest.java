package org.rackweave.daemon.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentConfigurationReaderTest {
    private static final String HEAD = "card: \"[fd00::1]:5684\"\nidentityDir: /etc/rackweave/agent\n";

    @Test
    void a_whole_file_is_read() {
        AgentConfigurationReader.Outcome outcome = AgentConfigurationReader.parse(HEAD + """
                report: 2s
                cpus: 2-15
                memory: 64GiB
                vms:
                  - { name: batch, priority: 1, cores: 1..6, pid: 4711 }
                  - { name: db, priority: 5, cores: 2, memory: 1GiB..4GiB, cgroup: /sys/fs/cgroup/db }
                """);

        assertThat(outcome.problems()).isEmpty();
        AgentConfiguration read = outcome.configuration().orElseThrow();
        assertThat(read.reportMillis()).isEqualTo(2_000);
        assertThat(read.cpus()).isEqualTo("2-15");
        assertThat(read.memoryBytes()).isEqualTo(64L << 30);
        assertThat(read.vms())
                .containsExactly(
                        new AgentConfiguration.Vm("batch", 1, 1, 6, 0, 0, new AgentConfiguration.Place.InProcess(4711)),
                        new AgentConfiguration.Vm(
                                "db",
                                5,
                                2,
                                2,
                                1L << 30,
                                4L << 30,
                                new AgentConfiguration.Place.InCgroup(Path.of("/sys/fs/cgroup/db"))));
    }

    @Test
    void everything_that_is_wrong_is_found_at_once_and_by_its_name() {
        AgentConfigurationReader.Outcome outcome = AgentConfigurationReader.parse("""
                card: here
                report: soon
                cpus: 3-1
                vmz: 1
                vms:
                  - { name: A, priority: 10, cores: 3..1, pid: 1, cgroup: /x }
                  - { name: b, priority: 1, cores: 1, memory: 1GiB, pid: 12 }
                """);

        assertThat(outcome.configuration()).isEqualTo(Optional.empty());
        assertThat(String.join("\n", outcome.problems()))
                .contains(
                        "card: 'here' is not a host and a port",
                        "identityDir: missing",
                        "report: ",
                        "cpus: ",
                        "vmz: this is not an option",
                        "vms[0].name",
                        "vms[0].priority",
                        "vms[0].cores",
                        "vms[0]: write either pid or cgroup",
                        "vms[1].memory");
    }

    @Test
    void what_is_no_file_of_options_is_no_configuration() {
        for (String text : new String[] {"", "[1, 2]", "{", HEAD, HEAD + "vms: []"}) {
            assertThat(AgentConfigurationReader.parse(text).problems()).as(text).isNotEmpty();
        }
    }
}
