package org.rackweave.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.sim.world.PlantedFault;

/** The simulated world finds what is planted; each row of its table is printed as {@code --planted all} prints it. */
class PlantedFaultsTest {
    private static final Path SOURCES = Path.of("../bmc-daemon/src/main/java");

    @BeforeAll
    static void head() {
        System.out.println(Hunt.head());
    }

    @ParameterizedTest
    @EnumSource(CoreFault.class)
    void aFaultOfOneLineInACoreIsFoundSoon(CoreFault fault) {
        Hunt hunt = Hunt.of(fault, SOURCES);
        System.out.println(hunt.row());
        assertThat(hunt.isFound()).as(fault.sentence()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(PlantedFault.class)
    void aFaultAtTheEdgeOfTheProductIsFoundSoon(PlantedFault fault) {
        Hunt hunt = Hunt.of(fault);
        System.out.println(hunt.row());
        assertThat(hunt.isFound()).as(fault.sentence()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CoreFault.class)
    void theTextThatAFaultReplacesIsThereOnce(CoreFault fault) throws IOException {
        String source = Files.readString(SOURCES.resolve(fault.file()));
        assertThat(fault.in(source)).isNotEqualTo(source);
    }

    @Test
    void thereAreTwentyFiveOfOneLineAtLeast() {
        assertThat(CoreFault.values()).hasSizeGreaterThanOrEqualTo(25);
    }
}
