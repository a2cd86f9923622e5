package org.rackweave.hal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.inventory.PciAddress;

class PassThroughRuleTest {
    private static final PciAddress FUNCTION = at("0000:02:10.0");
    private static final PciAddress NEIGHBOUR = at("0000:02:10.1");
    private static final PassThroughRule RULE = new PassThroughRule(Set.of());

    /** Each of the facts with all its values: only one of these is given away, and one more where its ATS is attested. */
    @Test
    void onlyWhatIsApartInEveryWayIsGivenAway() {
        int given = 0;
        int givenAttested = 0;
        for (OptionalInt group : List.of(OptionalInt.empty(), OptionalInt.of(7))) {
            for (List<PciAddress> neighbours : List.of(List.<PciAddress>of(), List.of(NEIGHBOUR))) {
                for (Isolation.Setting ats : Isolation.Setting.values()) {
                    for (Isolation.Setting first : Isolation.Setting.values()) {
                        for (Isolation.Setting second : Isolation.Setting.values()) {
                            Isolation isolation = isolation(group, neighbours, ats, List.of(first, second));
                            given += RULE.objection(isolation).isEmpty() ? 1 : 0;
                            givenAttested +=
                                    attesting(FUNCTION).objection(isolation).isEmpty() ? 1 : 0;
                        }
                    }
                }
            }
        }
        assertThat(given).isEqualTo(1);
        // Whatever its ATS is: on, off or not to be read.
        assertThat(givenAttested).isEqualTo(3);
        assertThat(RULE.objection(sound())).isEmpty();
    }

    @Test
    void whatSpeaksAgainstItIsNamedWithWhatToDo() {
        assertThat(reason(isolation(OptionalInt.empty(), List.of(), Isolation.Setting.OFF, List.of())))
                .contains(PassThroughRule.Reason.NO_IOMMU);
        assertThat(reason(isolation(OptionalInt.of(7), List.of(NEIGHBOUR), Isolation.Setting.OFF, List.of())))
                .contains(PassThroughRule.Reason.SHARES_IOMMU_GROUP);
        assertThat(reason(isolation(OptionalInt.of(7), List.of(), Isolation.Setting.ON, List.of())))
                .contains(PassThroughRule.Reason.TRANSLATES_ADDRESSES);
        Optional<PassThroughRule.Objection> open = RULE.objection(isolation(
                OptionalInt.of(7),
                List.of(),
                Isolation.Setting.OFF,
                List.of(Isolation.Setting.ON, Isolation.Setting.OFF)));
        assertThat(open).hasValueSatisfying(objection -> {
            assertThat(objection.reason()).isEqualTo(PassThroughRule.Reason.PEERS_NOT_REDIRECTED);
            assertThat(objection.detail()).isEqualTo("ACS redirect of 0000:00:05.0 is off");
        });
    }

    @Test
    void whatIsAttestedOfAnotherFunctionDoesNotCount() {
        Isolation translating = isolation(OptionalInt.of(7), List.of(), Isolation.Setting.ON, List.of());
        assertThat(attesting(NEIGHBOUR).objection(translating)).isPresent();
        assertThat(attesting(FUNCTION).objection(translating)).isEmpty();
    }

    private static Isolation sound() {
        return isolation(OptionalInt.of(7), List.of(), Isolation.Setting.OFF, List.of(Isolation.Setting.ON));
    }

    private static Isolation isolation(
            OptionalInt group, List<PciAddress> neighbours, Isolation.Setting ats, List<Isolation.Setting> redirects) {
        List<Isolation.Port> ports = new java.util.ArrayList<>();
        for (Isolation.Setting redirect : redirects) {
            ports.add(new Isolation.Port(at("0000:00:0" + (4 + ports.size()) + ".0"), redirect));
        }
        return new Isolation(FUNCTION, group, neighbours, ats, ports);
    }

    private static PassThroughRule attesting(PciAddress function) {
        return new PassThroughRule(Set.of(function));
    }

    private static Optional<PassThroughRule.Reason> reason(Isolation isolation) {
        return RULE.objection(isolation).map(PassThroughRule.Objection::reason);
    }

    private static PciAddress at(String text) {
        return PciAddress.parse(text).orElseThrow();
    }
}
