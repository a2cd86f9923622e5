package org.rackweave.crypto;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.security.Provider;
import java.security.Security;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BoundariesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.rackweave.crypto");

    @Test
    void nothing_here_knows_the_rest_of_the_house() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.rackweave.hal..",
                        "org.rackweave.protocol..",
                        "org.rackweave.config..",
                        "org.rackweave.cli..",
                        "org.rackweave.daemon..",
                        "org.rackweave.sim..")
                .because("crypto is at the bottom: it must be readable, and be judged, by itself")
                .check(CLASSES);
    }

    @Test
    void time_is_handed_in() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("a card may have no clock, and only the caller knows what it knows of the time")
                .check(CLASSES);
    }

    @Test
    void no_provider_is_registered() {
        noClasses()
                .should()
                .callMethod(Security.class, "addProvider", Provider.class)
                .orShould()
                .callMethod(Security.class, "insertProviderAt", Provider.class, int.class)
                .because("registering Bouncy Castle with the JVM costs a card 20 to 100 MB of memory")
                .check(CLASSES);
    }
}
