// The keys of Stash and of the endpoint.
@minLength(3)
@maxLength(24)
param name string
param location string
param tags object
param principalId string

@secure()
param stashApiKey string

@secure()
param vlmEndpointKey string

param hasEndpointKey bool

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, secretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource stash 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'stash-api-key'
  properties: { value: stashApiKey }
}

// A secret can not be empty: without a key there is none.
resource endpoint 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (hasEndpointKey) {
  parent: vault
  name: 'vlm-endpoint-key'
  properties: { value: vlmEndpointKey }
}

output stashApiKeyUri string = stash.properties.secretUri
output vlmEndpointKeyUri string = hasEndpointKey ? '${vault.properties.vaultUri}secrets/vlm-endpoint-key' : ''
