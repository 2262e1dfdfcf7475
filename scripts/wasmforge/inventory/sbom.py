"""Writes an inventory as a CycloneDX bill of materials."""

from __future__ import annotations

from collections.abc import Iterable

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion

from wasmforge.inventory.package import Distribution, Package


def cyclonedx(packages: Iterable[Package]) -> str:
    """The JSON of CycloneDX 1.6. Each package is a component, and the distributions in it are components of its own."""
    bom = Bom(components=map(_package, packages))
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2) + "\n"


def _package(package: Package) -> Component:
    references = {
        ExternalReferenceType.WEBSITE: package.homepage,
        ExternalReferenceType.VCS: package.source,
        ExternalReferenceType.DISTRIBUTION: package.url,
    }
    purl = package.purl
    return Component(
        name=package.name,
        version=package.version,
        bom_ref=purl.to_string(),
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package.sha256)] if package.sha256 else [],
        licenses=_licences(package.licence),
        external_references=[
            ExternalReference(type=type_, url=XsUri(address)) for type_, address in references.items() if address
        ],
        components=[_distribution(one, purl.to_string()) for one in package.distributions],
    )


def _distribution(distribution: Distribution, parent: str) -> Component:
    purl = distribution.purl
    return Component(
        name=distribution.name,
        version=distribution.version,
        # Two packages may hold the same one.
        bom_ref=f"{parent}#{purl.to_string()}",
        purl=purl,
        licenses=_licences(distribution.licence),
    )


def _licences(text: str) -> list[License]:
    return [LicenseFactory().make_from_string(text)] if text else []
