package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.NodeView;

/** A node with a sound certificate of another authority, at the same group and port: it joins nothing, and is counted. */
class ForeignNodeIT {
    private static final Duration SOON = Duration.ofSeconds(15);

    private final TrialRack rack = TrialRack.of("a", "b");
    private final TrialRack foreign = rack.strangerWith("x");

    @AfterEach
    void close() {
        foreign.close();
        rack.close();
    }

    @Test
    void neitherRackBelievesADatagramOfTheOther() {
        TrialProcess a = rack.launch("a");
        TrialProcess b = rack.launch("b");
        TrialProcess x = foreign.launch("x");
        int portOfA = a.awaitReady();
        b.awaitReady();
        int portOfX = x.awaitReady();
        Operator operator = rack.operator();
        Operator foreigner = foreign.operator();

        operator.awaitNeighbours(portOfA, 1);
        Soon.is("a has refused datagrams of x", SOON, () -> unbelieved(operator, portOfA) >= 3);
        Soon.is("x has refused datagrams of a and b", SOON, () -> unbelieved(foreigner, portOfX) >= 3);

        assertThat(operator.nodes(portOfA)).extracting(NodeView::name).containsExactlyInAnyOrder("a", "b");
        assertThat(foreigner.nodes(portOfX)).extracting(NodeView::name).containsExactly("x");
        assertThat(a.complained()).doesNotContain("WARN", "ERROR");
    }

    @Test
    void aForeignCertificateIsRefusedAtTheHandshakeAndCounted() {
        int port = rack.launch("a").awaitReady();
        Operator operator = rack.operator();

        assertThat(CredulousVisitor.refusalOf(port, rack.identity("operator")))
                .as("one of this rack is let in")
                .isEmpty();
        Map<String, Long> before = operator.counters(port);

        assertThat(CredulousVisitor.refusalOf(port, foreign.identity("operator")))
                .as("one of another rack is not")
                .isPresent();

        assertThat(operator.counters(port).get("unicast_certificate_untrusted"))
                .isEqualTo(before.get("unicast_certificate_untrusted") + 1);
        assertThat(operator.counters(port).get("unicast_handshake_done"))
                .isEqualTo(before.get("unicast_handshake_done"));
    }

    private static long unbelieved(Operator operator, int port) {
        return operator.counters(port).entrySet().stream()
                .filter(counter -> counter.getKey().endsWith("other_group_epoch")
                        || counter.getKey().endsWith("bad_seal"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
