package org.rackweave.hal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciClass;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.inventory.PciId;
import org.rackweave.hal.inventory.PciNames;

class PciIdsTest {
    private static final String LIST = """
            # a remark
            1af4  Red Hat, Inc.
            \t1041  Virtio 1.0 network device
            8086  Intel Corporation
            \t10c9  82576 Gigabit Network Connection
            \t\t8086 a03c  Gigabit ET Dual Port Server Adapter
            \t10ca  82576 Virtual Function
            # 02 here is a vendor's device, not a class
            ffff  Illegal Vendor ID
            C 02  Network controller
            \t00  Ethernet controller
            \t\t01  made up interface
            C 06  Bridge
            """;

    private static PciFunction function(int classCode, PciId id, Optional<PciId> board) {
        return new PciFunction(
                new PciAddress(0, 0, 0, 0),
                new PciClass(classCode),
                id,
                board,
                OptionalInt.empty(),
                PciNames.UNTOLD,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new PciFunction.Placement(Optional.empty(), OptionalInt.empty(), OptionalInt.empty()),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aFunctionIsNamedInAllItsParts() {
        PciFunction card = function(0x020000, new PciId(0x8086, 0x10c9), Optional.of(new PciId(0x8086, 0xa03c)));
        assertThat(PciIds.parse(LIST).namesOf(card))
                .isEqualTo(new PciNames(
                        Optional.of("Ethernet controller"),
                        Optional.of("Intel Corporation"),
                        Optional.of("82576 Gigabit Network Connection"),
                        Optional.of("Intel Corporation"),
                        Optional.of("Gigabit ET Dual Port Server Adapter")));
    }

    @Test
    void whatTheListDoesNotHaveHasNoName() {
        PciFunction unknown = function(0x068000, new PciId(0x1234, 0x1111), Optional.of(new PciId(0x1af4, 1)));
        assertThat(PciIds.parse(LIST).namesOf(unknown))
                .isEqualTo(new PciNames(
                        Optional.of("Bridge"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("Red Hat, Inc."),
                        Optional.empty()));
    }

    @Test
    void anExcerptNamesItsFunctionsAsTheWholeListDoes() {
        PciFunction card = function(0x020000, new PciId(0x8086, 0x10c9), Optional.of(new PciId(0x8086, 0xa03c)));
        String excerpt = PciIds.excerpt(LIST, List.of(card));
        assertThat(excerpt).hasLineCount(5).doesNotContain("Red Hat").doesNotContain("Illegal");
        assertThat(PciIds.parse(excerpt).namesOf(card))
                .isEqualTo(PciIds.parse(LIST).namesOf(card));
    }
}
